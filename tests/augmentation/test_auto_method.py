import numpy as np
import pytest

from kvae import VAEOverSampler
from kvae.augmentation import auto_method
from kvae.augmentation.candidates import Candidate
from kvae.augmentation.selection import Selection


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
