import pandas as pd

from kvae.cli.spellings import fold_words, spelling_notes


def test_the_commonest_spelling_wins_and_holes_stay():
    words = pd.Series(["yes ", "yes", "Yes", "YES", "a  b", "A b", None, "a b"])
    folded = fold_words(words)
    assert folded[:6].tolist() == ["yes"] * 4 + ["a b"] * 2
    assert folded.isna().tolist() == [False] * 6 + [True, False]
    assert folded.dtype == words.dtype


def test_notes_name_what_differs_and_what_has_blanks():
    frame = pd.DataFrame({"a": ["Yes", "yes"], "b": [" x", " z"], "c": ["u", "v"]})
    assert spelling_notes(frame, fold=False) == [
        "column 'a' spells words in several ways, 'Yes', 'yes': --fold takes them for "
        "one",
        "words of column 'b' have blanks around them: --fold takes them away",
    ]
    assert "taken for one" in spelling_notes(frame, fold=True)[0]
    assert spelling_notes(frame[["c"]], fold=False) == []
