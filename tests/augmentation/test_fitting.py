import numpy as np
import pytest

from kvae.augmentation import fitting
from kvae.augmentation.fitting import active_units, fit_vae
from kvae.augmentation.plan import Plan
from kvae.augmentation.resampled_rows import NumberRows, TableRows
from kvae.latent import LatentCodes
from kvae.schema import continuous

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
