import numpy as np
import pytest

from kvae import VAEOverSampler
from kvae.augmentation.methods import Candidate
from kvae.latent import LatentCodes
from kvae.latent.codes import active_units
from kvae.resampling import fitting
from kvae.resampling import fitting as auto_method
from kvae.resampling.rows import NumberRows, TableRows
from kvae.schema import continuous
from kvae.training.plan import Plan
from kvae.training.vaes import fit_vae
from kvae.verdicts.selection import Selection

PLAN = Plan(latent_dim=2, hidden_units=(8,), batch_size=8, steps=20)


@pytest.mark.parametrize("kind", ["single", "multi", "conditional"])
def test_the_same_seed_gives_the_same_vae(table_rows, kind):
    schema = continuous(range(4))
    vaes = [fit_vae(*table_rows, kind, PLAN, 7, 2, schema) for _ in range(2)]
    for own, other in zip(*(vae.get_weights() for vae in vaes), strict=True):
        np.testing.assert_array_equal(own, other)
    assert np.asarray(vaes[0].log_variance).any()


def test_images_cannot_be_conditional():
    with pytest.raises(ValueError, match="expects a table"):
        fit_vae(np.zeros((4, 2, 2, 1)), [0, 0, 1, 1], "conditional", PLAN, 0, 2)


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
    method, _, selection = auto_method.choose_method(x[18:23], y[18:23], seed=0)
    assert method is None
    assert "tables stay as they are" in selection.reason
    assert not selection.transductive


def test_shifts_are_no_method_of_an_over_sampler():
    images = np.random.default_rng(0).random((6, 8, 8, 1), "float32")
    method, _, selection = auto_method.choose_method(images, np.arange(6) % 2, seed=0)
    assert method is None
    assert selection.reason.endswith("That is no method of an over-sampler.")


@pytest.mark.filterwarnings("ignore:The VAE has collapsed")
def test_labels_spread_to_images_without_one():
    images = np.random.default_rng(0).random((8, 8, 8, 1), "float32")
    labels = ["no", "yes", "no", "yes", None, None, None, None]
    sampler = VAEOverSampler(method="auto", steps=2, sampling_strategy=5)
    rows, found = sampler.fit_resample(images, labels)
    assert len(rows) == 4 + 10
    assert found[4:] == ["no"] * 5 + ["yes"] * 5
    assert set(sampler.provenance_["sampler"]) == {"propagate"}
    assert sampler.notes_[0].startswith("Class no has 2 labelled rows")


@pytest.mark.filterwarnings("ignore:The VAE has collapsed")
@pytest.mark.parametrize(
    ("candidate", "new"),
    [(auto_method.CANDIDATES[0], 0), (auto_method.CANDIDATES[3], 10)],
)
def test_the_resampler_does_what_was_chosen(table_rows, monkeypatch, candidate, new):
    def select(*arguments, **more):
        return Selection(candidate, "because")

    monkeypatch.setattr(auto_method, "select", select)
    x, y = table_rows
    sampler = VAEOverSampler(method="auto", steps=20, sampling_strategy=5)
    rows, _ = sampler.fit_resample(x, y)
    assert len(rows) == 40 + new
    assert "because" in sampler.notes_
    assert isinstance(sampler.selection_.candidate, Candidate)
