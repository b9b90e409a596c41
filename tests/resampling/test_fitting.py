import numpy as np
import pandas as pd
import pytest

from kvae import VAEOverSampler
from kvae.augmentation.methods import BASELINE, METHODS, MULTI_VAE, Method
from kvae.latent import LatentCodes
from kvae.latent.codes import active_units
from kvae.resampling import fitting
from kvae.resampling.rows import NumberRows, TableRows
from kvae.samplers import Noise
from kvae.schema import continuous
from kvae.training.vaes import VAESettings, fit_vae
from kvae.verdicts.selection import Selection

MIXED = VAESettings(2, 1.0, (8,), "mixed", batch_size=8, steps=20)


@pytest.mark.parametrize("kind", ["single", "multi", "conditional"])
def test_the_same_seed_gives_the_same_vae(table_rows, kind):
    schema = continuous(range(4))
    what = {"seed": 7, "num_classes": 2, "schema": schema}
    vaes = [fit_vae(*table_rows, kind, MIXED, **what) for _ in range(2)]
    for one, other in zip(*(vae.get_weights() for vae in vaes), strict=True):
        np.testing.assert_array_equal(one, other)
    assert np.asarray(vaes[0].log_variance).any()


def test_images_cannot_be_conditional():
    with pytest.raises(ValueError, match="expects a table"):
        fit_vae(
            np.zeros((4, 2, 2, 1)),
            [0, 0, 1, 1],
            "conditional",
            MIXED,
            seed=0,
            num_classes=2,
        )


def test_active_units_of_a_multi_vae_are_those_of_its_worst_class():
    z = np.array([[0, 0], [1, 0], [0, 0], [1, 1.0]])
    codes = LatentCodes(z, z, np.array([0, 0, 1, 1]), np.arange(4))
    assert active_units(codes) == 2
    per_class = LatentCodes(z, z, codes.label, codes.row_id, codes.label)
    assert active_units(per_class) == 1


def test_bad_examples_are_noise_for_tables_and_early_images_for_images(monkeypatch):
    seen = []

    def fit(x, y, bad, num_classes, seed):
        seen.append((x, bad))

    monkeypatch.setattr(fitting, "fit_generative_classifier", fit)
    images = np.random.default_rng(0).random((12, 8, 8, 1), "float32")
    y = np.array([0, 1, -1] * 4)
    fitting.fit_judge(NumberRows(images), y, 0, steps=20)
    fitting.fit_judge(TableRows(images[:, :, 0, 0]), y, 0)
    (x, early), (rows, noisy) = seen
    assert len(x) == len(rows) == 8  # the labelled ones
    # Two steps teach a decoder little: its images hardly differ from each other.
    assert early.std(axis=0).mean() < 0.2 * x.std(axis=0).mean()
    assert noisy.std() > rows.std()


def test_few_rows_stay_alone(table_rows):
    x, y = table_rows
    selection = fitting.choose_method(x[18:23], y[18:23], seed=0)
    assert selection.method.name == BASELINE
    assert "tables stay as they are" in selection.reason
    assert not selection.transductive


def test_shifts_are_no_method_of_an_over_sampler():
    images = np.random.default_rng(0).random((6, 8, 8, 1), "float32")
    selection = fitting.choose_method(images, np.arange(6) % 2, seed=0)
    assert selection.method.name == BASELINE
    assert selection.reason.endswith("That is no method of an over-sampler.")


def test_a_method_says_what_it_draws_from():
    assert fitting.resolve("noise", "multi") == (Noise(), "multi")
    wide = Method("wide", "noise", "single", {"noise": {"alpha": 2.0}})
    assert fitting.resolve(wide, "multi") == (Noise(alpha=2.0), "single")
    assert fitting.resolve(MULTI_VAE)[1] == "multi"
    assert fitting.resolve(BASELINE)[0] is None
    for odd in ("SMOTE", f"{MULTI_VAE}, filtered"):
        with pytest.raises(ValueError, match="expects one that adds rows of a VAE"):
            fitting.resolve(odd)


@pytest.mark.filterwarnings("ignore::kvae.warning_classes.CollapsedVAEWarning")
def test_labels_spread_to_images_without_one():
    images = np.random.default_rng(0).random((8, 8, 8, 1), "float32")
    labels = ["no", "yes", "no", "yes", None, None, None, None]
    sampler = VAEOverSampler(method="auto", steps=2, sampling_strategy=5)
    rows, found = sampler.fit_resample(images, labels)
    assert len(rows) == 4 + 10
    assert found[4:] == ["no"] * 5 + ["yes"] * 5
    assert set(sampler.provenance_["sampler"]) == {"propagate"}
    assert sampler.notes_[0].startswith("Class no has 2 labelled rows")


@pytest.mark.filterwarnings("ignore::kvae.warning_classes.CollapsedVAEWarning")
@pytest.mark.parametrize(("name", "new"), [(BASELINE, 0), (MULTI_VAE, 10)])
def test_the_resampler_does_what_was_chosen(table_rows, monkeypatch, name, new):
    def select(*arguments, **settings):
        return Selection(METHODS[name], "because")

    monkeypatch.setattr(fitting, "select", select)
    x, y = table_rows
    sampler = VAEOverSampler(method="auto", steps=20, sampling_strategy=5)
    rows, _ = sampler.fit_resample(x, y)
    assert len(rows) == 40 + new
    assert "because" in sampler.notes_
    assert sampler.selection_.method.name == name


@pytest.mark.filterwarnings("ignore::kvae.warning_classes.CollapsedVAEWarning")
def test_a_classifier_that_was_chosen_is_returned_fitted(table_rows, monkeypatch):
    def select(x, y, methods, **settings):
        names = [method.name for method in methods]
        assert "self-training" in names and "propagate" in names
        return Selection(METHODS["self-training"], "because")

    monkeypatch.setattr(fitting, "select", select)
    x, y = table_rows
    some = [label if i % 2 else None for i, label in enumerate(np.array(y).tolist())]
    sampler = VAEOverSampler(method="auto", steps=20, sampling_strategy=5)
    rows, _ = sampler.fit_resample(x, some)
    assert len(rows) == 20  # none were added
    assert any("selection_.fit" in note for note in sampler.notes_)
    inputs = sampler.table_.transform(pd.DataFrame(x))
    model = sampler.selection_.fit(inputs, some)
    assert set(model.predict(inputs)) <= set(np.array(y).tolist())
    with pytest.raises(ValueError, match="'self-training', which makes none"):
        fitting.resolve("self-training")


def test_who_judges_auto_is_asked_for(monkeypatch):
    asked = []

    def remembered(*args, classifier, **kwargs):
        asked.append(classifier)
        return select(*args, classifier=classifier, **kwargs)

    select = fitting.select
    monkeypatch.setattr(fitting, "select", remembered)
    x = np.random.default_rng(0).normal(size=(8, 2))
    sampler = VAEOverSampler(method="auto", classifier="random_forest", steps=2)
    sampler.fit_resample(x, [0, 1] * 4)
    assert asked == ["random_forest"]
