import numpy as np

from kvae.augmentation import VAESettings, fit_vaes
from kvae.models import MultiVAE, take

SETTINGS = VAESettings(2, 1.0, (8,), "gaussian", 8, 60)


def test_a_vae_of_a_stack_is_the_one_trained_alone_on_its_rows():
    x = np.random.default_rng(0).normal(size=(40, 3)).astype("float32")
    rows = [np.arange(25), np.arange(25, 40)]
    both = fit_vaes(x, [5, 6], SETTINGS, rows)
    alone = fit_vaes(x[25:], [6], SETTINGS)
    mean = [vae.encode(x[:4])[0] for vae in (take(both, 1), take(alone, 0))]
    np.testing.assert_allclose(*mean, atol=1e-4)
    assert both.optimizer.iterations == 60


def test_other_classes_of_model_come_out_as_asked():
    x = np.zeros((6, 3), "float32")
    multi = fit_vaes(x, [0, 1], SETTINGS, cls=MultiVAE)
    assert isinstance(multi, MultiVAE) and multi.replicas == 2
