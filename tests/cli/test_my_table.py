import numpy as np
import pandas as pd
import pytest

from kvae import VAEOverSampler
from kvae.cli.my_table import MyTable


@pytest.fixture
def table(table_rows):
    x, y = table_rows
    frame = pd.DataFrame(x, columns=list("abcd"))
    frame.insert(1, "answer", np.where(y == 1, "yes", "no"))
    frame.loc[5, "answer"] = None
    return MyTable(frame, "answer", rows=30, sampler=VAEOverSampler(steps=20))


def test_the_plan_says_what_was_understood_and_what_would_be_made(table):
    columns, notes = table.plan()
    assert columns.index.tolist() == list("abcd")
    assert notes[0] == "new rows: 30 of 'no', 30 of 'yes'"


@pytest.mark.filterwarnings("ignore::kvae.warning_classes.CollapsedVAEWarning")
def test_makes_rows_with_labels_and_lineage(table):
    new, labels, lineage, sampler = table.augment()
    assert new.columns.tolist() == list("abcd")
    assert labels.value_counts().to_dict() == {"no": 30, "yes": 30}
    assert len(lineage) == 60
    assert sampler.notes_


def test_a_category_without_rows_is_no_class(table):
    answer = pd.Categorical(table.frame["answer"], ["maybe", "no", "yes"])
    frame = table.frame.assign(answer=answer)
    assert set(MyTable(frame, "answer").counts) == {"no", "yes"}


@pytest.mark.filterwarnings("ignore::kvae.warning_classes.CollapsedVAEWarning")
def test_quality_does_without_a_class_whose_rows_are_all_held_out(table):
    frame = table.frame.copy()
    frame["answer"] = frame["answer"].replace("", None)
    frame.loc[[0, 1], "answer"] = "rare"
    for seed in range(2):
        rare = MyTable(frame, "answer", sampler=table.sampler, seed=seed)
        assert rare.quality()[0].notna().all()


@pytest.mark.filterwarnings("ignore::kvae.warning_classes.CollapsedVAEWarning")
def test_quality_is_measured_on_rows_held_out(table):
    measures, copies = table.quality()
    assert measures.between(0, 2).all()
    assert 0 <= copies.share <= 1
