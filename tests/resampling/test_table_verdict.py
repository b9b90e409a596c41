import numpy as np
import pandas as pd
import pytest
from imblearn.over_sampling import SMOTE, RandomOverSampler
from sklearn.svm import SVC

from kvae import VAEOverSampler
from kvae.resampling.table_verdict import table_verdict
from kvae.verdicts.judges import JUDGES
from kvae.verdicts.verdict import USE


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


def test_one_class_of_several_rows_cannot_be_judged(frame):
    with pytest.raises(ValueError, match="two classes of at least 2 rows"):
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


def test_the_only_row_of_a_class_teaches_and_is_not_judged(frame):
    rows, y = frame
    y = np.where(np.arange(40) == 17, 2, y)
    found = table_verdict(rows, y, {"copies": RandomOverSampler()}, folds=2, repeats=1)
    assert found.runs == 39
    assert found.notes == ("Classes of one row taught, and were not judged: 2.",)
    assert found.notes[0] in str(found) and found.notes[0] in found._repr_html_()


@pytest.mark.filterwarnings("ignore::kvae.warning_classes.CollapsedVAEWarning")
def test_splits_of_a_stack_are_those_of_single_repeats(frame):
    samplers = {"VAE": VAEOverSampler(steps=20, sampling_strategy=5, output="mean")}
    arguments = {"folds": 2, "classifier": "logistic_regression"}
    two = table_verdict(*frame, samplers, repeats=2, **arguments)
    one = table_verdict(*frame, samplers, repeats=1, **arguments)
    assert two.settings["stopped"] == "all repeats done"
    assert two.settings["repeats"] == 2 and one.settings["repeats"] == 1
    again = table_verdict(*frame, samplers, repeats=2, **arguments)
    pd.testing.assert_frame_equal(two.table, again.table)


@pytest.mark.parametrize("classifier", ["random_forest", "mlp", SVC()])
def test_who_judges_is_asked_for(frame, classifier):
    found = table_verdict(
        *frame, {"copies": RandomOverSampler()}, 2, 1, classifier=classifier
    )
    first = found.judges.index[0]
    assert first == (classifier if isinstance(classifier, str) else "SVC")
    assert set(found.judges.index) == {first, *JUDGES}
    assert found.judges.loc[first, "mean"] == found.table.loc["real rows only", "mean"]
    assert "Classifiers on the real rows alone" in str(found)


def test_a_classifier_that_matters_more_than_augmentation_is_named():
    stream = np.random.default_rng(0)
    x = stream.normal(size=(160, 3))
    y = (x[:, 0] * x[:, 1] > 0).astype(int)
    found = table_verdict(x, y, {"copies": RandomOverSampler()}, repeats=1)
    assert "The classifier matters more than augmentation" in found.judges_sentence
    assert found.judges["mean"].idxmax() != "logistic_regression"
    # Chosen inside the training parts: the baseline is as good as the best judge.
    best = found.judges["mean"].max()
    assert found.table.loc["real rows only", "mean"] > best - 0.05


def test_rows_are_split_anew_until_the_verdict_is_clear_or_time_is_over():
    stream = np.random.default_rng(0)
    x, y = stream.normal(size=(60, 2)), np.arange(60) % 2
    arguments = {"folds": 2, "classifier": "logistic_regression"}
    samplers = {"copies": RandomOverSampler()}
    late = table_verdict(x, y, samplers, seconds=0.0, **arguments)
    assert late.settings["repeats"] == 1
    assert late.settings["stopped"] == "out of time"
    with pytest.raises(ValueError, match="classifier"):
        table_verdict(x, y, samplers, classifier="forest")


@pytest.mark.slow
@pytest.mark.parametrize("classifier", [*JUDGES, "mlp", None])
def test_noise_is_seldom_worth_over_sampling_with_any_judge_and_all_looks(classifier):
    """20 minutes for each judge on a core: 100 tables, up to ten repeats."""
    outcomes = []
    for seed in range(100):
        stream = np.random.default_rng(seed)
        x, y = stream.normal(size=(50, 4)), stream.permutation(np.arange(50) % 3 == 0)
        samplers = {"SMOTE": SMOTE(), "copies": RandomOverSampler()}
        found = table_verdict(x, y, samplers, folds=3, seed=seed, classifier=classifier)
        outcomes.append(found.outcome)
    assert outcomes.count(USE) <= 9
