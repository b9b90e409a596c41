import numpy as np
import pytest

from kvae.samplers import Normal


def test_draws_from_the_prior_of_every_class(make_codes):
    draws = Normal(alpha=2.0).draw(make_codes(replicas=True), 20_000, seed=0)
    for label in (0, 1):
        z = draws.z[draws.label == label]
        np.testing.assert_allclose(z.mean(axis=0), 0, atol=0.04)
        np.testing.assert_allclose(np.cov(z.T), 2 * np.eye(2), atol=0.06)
    assert set(draws.parent) == {-1}


def test_a_single_vae_has_no_labels_to_give(make_codes):
    with pytest.raises(
        ValueError, match="codes of one VAE.*MultiVAE.*generative_classifier"
    ):
        Normal().draw(make_codes(), 3, seed=0)


def test_refuses_what_is_no_variance():
    with pytest.raises(ValueError, match="alpha of sampler 'normal' expects"):
        Normal(alpha=-1)
