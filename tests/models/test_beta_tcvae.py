import keras
import numpy as np
import pytest

import kvae
from kvae import losses
from kvae.models import BetaTCVAE, BetaVAE, take

X = np.random.default_rng(0).normal(size=(64, 4)).astype("float32")


def test_the_loss_weights_the_total_correlation_alone(make_vae):
    vae = make_vae(cls=BetaTCVAE, beta=5.0, latent_dim=3)
    loss, reconstruction, kl, _ = vae.compute_losses(X)
    z_mean, z_log_var = vae.encode(X)
    z = vae.sampling([z_mean, z_log_var])
    shared = losses.total_correlation(z, z_mean, z_log_var)
    np.testing.assert_allclose(loss, reconstruction + kl + 4 * shared, rtol=1e-5)
    assert abs(float(shared)) > 1e-3


def test_with_beta_1_it_is_the_plain_vae(make_vae):
    ours, plain = (make_vae(cls=cls, beta=1.0) for cls in (BetaTCVAE, BetaVAE))
    np.testing.assert_allclose(
        ours.compute_losses(X)[0], plain.compute_losses(X)[0], rtol=1e-6
    )


def test_beta_is_normalized_as_in_a_beta_vae(make_vae):
    ours = make_vae(cls=BetaTCVAE, beta=6.0, normalize_beta=True)  # 6 * 2 / 4
    other = make_vae(cls=BetaTCVAE, beta=3.0)
    np.testing.assert_allclose(
        ours.compute_losses(X)[0], other.compute_losses(X)[0], rtol=1e-6
    )


def test_training_a_stack_is_training_its_members(make_vae):
    steps, seeds, betas = 20, (3, 4), (1.0, 8.0)
    stack = make_vae(cls=BetaTCVAE, seeds=seeds, beta=betas)
    stack.fit(kvae.batches(X, batch_size=16, steps=steps, seeds=seeds), verbose=0)
    for r, (seed, beta) in enumerate(zip(seeds, betas, strict=True)):
        one = make_vae(cls=BetaTCVAE, seeds=seed, beta=beta)
        one.fit(kvae.batches(X, batch_size=16, steps=steps, seeds=seed), verbose=0)
        member = take(stack, r)
        assert type(member) is BetaTCVAE and member.beta == beta
        for ours, theirs in zip(member.get_weights(), one.get_weights(), strict=True):
            np.testing.assert_allclose(ours, theirs, atol=1e-5)


def test_a_high_beta_takes_correlation_out_of_the_code():
    """Two latents for a factor that rows have twice: the plain VAE ties them."""
    stream = np.random.default_rng(0)
    u = stream.normal(size=(1000, 2))
    x = u @ [[3, 1, 3, 1], [1, 3, 1, 3]] + 0.1 * stream.normal(size=(1000, 4))
    found = []
    for beta in (0.0, 20.0):
        vae = BetaTCVAE(
            kvae.DenseEncoder(2, (32,)),
            kvae.DenseDecoder((4,), (32,)),
            beta=beta,
            reconstruction="gaussian",
        )
        vae.compile(keras.optimizers.Adam(0.005), steps_per_execution=50)
        vae.fit(kvae.batches(x, batch_size=64, steps=600), verbose=0)
        z_mean, z_log_var = vae.encode(x)
        z = vae.sampling([z_mean, z_log_var])
        found.append(float(losses.total_correlation(z, z_mean, z_log_var)))
    assert found[1] < 0.5 * found[0]


def test_saves_and_loads_as_what_it_is(make_vae, tmp_path):
    vae = make_vae(cls=BetaTCVAE, beta=4.0)
    vae.save(tmp_path / "tc.keras")
    copy = keras.saving.load_model(tmp_path / "tc.keras")
    assert type(copy) is BetaTCVAE
    np.testing.assert_array_equal(copy.compute_losses(X)[0], vae.compute_losses(X)[0])


@pytest.mark.parametrize("argument", [{"capacity": 3.0}, {"deterministic": True}])
def test_what_it_cannot_weight_is_refused(make_vae, argument):
    with pytest.raises(ValueError, match="BetaTCVAE expects a KL without capacity"):
        make_vae(cls=BetaTCVAE, **argument)
