import pandas as pd

from kvae.cli.cells import Reading, understand


def test_each_column_is_decided_by_itself():
    frame = pd.DataFrame(
        {"n": ["1", " NA", "3"], "word": ["NA", "x", ""], "y": ["None", "a", "b"]}
    )
    cells = understand(frame, Reading("y"))
    assert cells.frame["n"].dtype == "Int64"
    assert cells.frame["word"].isna().tolist() == [False, False, True]
    assert cells.frame["y"].tolist() == ["None", "a", "b"]
    assert cells.marks == {"n": " NA"}
    assert set(cells.forms) == {"n"}
    pd.testing.assert_frame_equal(cells.written, frame)


def test_other_columns_stay_as_they_are():
    frame = pd.DataFrame(
        {
            "n": [1.5, None],
            "kind": pd.Categorical(["x", "y"]),
            "day": pd.to_datetime(["2024-01-02", None]),
        }
    )
    cells = understand(frame, Reading())
    pd.testing.assert_frame_equal(cells.frame, frame)
    assert cells.notes == []


def test_fold_leaves_numbers_and_holes_alone():
    frame = pd.DataFrame({"n": ["1", "?"], "w": ["A", "a "], "v": ["x", " "]})
    cells = understand(frame, Reading(fold=True))
    assert cells.frame["w"].nunique() == 1
    assert cells.written["v"].tolist() == ["x", " "]
    assert cells.written["n"].tolist() == ["1", "?"]
