import numpy as np
import pandas as pd
import pytest
from imblearn.over_sampling import SMOTE, RandomOverSampler

from kvae import VAEOverSampler
from kvae.resampling.table_verdict import table_verdict


@pytest.fixture
def frame(table_rows):
    x, y = table_rows
    frame = pd.DataFrame(x, columns=list("abcd"))
    frame["word"] = np.where(y == 1, "yes", "no")
    frame.loc[::7, "a"] = None
    return frame, y


@pytest.mark.filterwarnings("ignore::kvae.warning_classes.CollapsedVAEWarning")
def test_samplers_are_compared_on_rows_held_out(frame):
    samplers = {
        "VAE": VAEOverSampler(steps=20, sampling_strategy=5),
        "SMOTE": SMOTE(k_neighbors=2),
    }
    found = table_verdict(*frame, samplers, folds=2)
    assert found.table.index.tolist() == ["real rows only", "VAE", "SMOTE"]
    assert (found.runs, found.unit) == (40, "labelled rows")
    assert found.table["mean"].min() > 0.9


def test_rows_that_tell_nothing_change_nothing(frame):
    found = table_verdict(*frame, {"copies": RandomOverSampler()}, folds=2, repeats=2)
    assert found.difference == 0.0


def test_a_class_of_one_row_cannot_be_judged(frame):
    with pytest.raises(ValueError, match="at least 2 rows of each class"):
        table_verdict(frame[0].iloc[:21], frame[1][:21], {})


def test_strategies_name_the_labels_that_the_user_has(frame):
    rows, y = frame
    labels = np.array(["no", "yes"])[y]
    rows = rows[["b", "c", "d"]]
    strategy = {"no": 25, "yes": 25}
    samplers = {"SMOTE": SMOTE(sampling_strategy=strategy, k_neighbors=2)}
    assert table_verdict(rows, labels, samplers, folds=2).runs == 40


@pytest.mark.filterwarnings("ignore::kvae.warning_classes.CollapsedVAEWarning")
def test_rows_that_come_back_without_a_label_teach_no_classifier(frame):
    rows, y = frame
    labels = np.where(np.arange(40) % 5 == 0, None, np.array(["no", "yes"])[y])
    sampler = VAEOverSampler(steps=5, sampling_strategy=2, return_unlabelled=True)
    found = table_verdict(rows, labels, {"VAE": sampler}, folds=2)
    assert found.table["mean"].min() > 0.9


def test_one_class_tells_nothing(frame):
    with pytest.raises(ValueError, match="at least two classes"):
        table_verdict(frame[0], np.zeros(40), {})
