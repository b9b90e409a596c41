"""Schedules of beta and of the capacity."""

import keras
import numpy as np
import pytest

from kvae.models import MLP, BetaSchedule, BetaVAE, DenseDecoder, DenseEncoder

X = np.random.default_rng(0).random((32, 6), "float32")


def make_vae(**kwargs):
    vae = BetaVAE(DenseEncoder(2, (8,)), DenseDecoder((6,), (8,)), **kwargs)
    vae.compile(keras.optimizers.SGD(0.0))
    return vae


def test_linear_rises_and_stays():
    schedule = BetaSchedule("linear", steps=10, beta=2.0)
    values = [schedule.values(step)["beta"] for step in (0, 5, 10, 50)]
    assert values == [0.0, 1.0, 2.0, 2.0]


def test_cyclic_rises_again_and_ends_at_beta():
    schedule = BetaSchedule("cyclic", steps=40, beta=1.0, cycles=2)
    values = [schedule.values(step)["beta"] for step in (0, 5, 10, 19, 20, 25, 40, 99)]
    assert values == [0.0, 0.5, 1.0, 1.0, 0.0, 0.5, 1.0, 1.0]


def test_capacity_rises_at_a_fixed_beta():
    schedule = BetaSchedule("capacity", steps=4, beta=[3.0, 5.0], capacity=[2.0, 8.0])
    assert schedule.values(1) == {"beta": [3.0, 5.0], "capacity": [0.5, 2.0]}


def test_reaches_the_loss_of_every_step():
    vae = make_vae()
    schedule = BetaSchedule("linear", steps=4, beta=8.0)
    history = vae.fit(
        X, epochs=4, batch_size=32, verbose=0, callbacks=[schedule]
    ).history
    for epoch in range(4):
        kl = history["kl"][epoch]
        expected = history["reconstruction"][epoch] + 2.0 * epoch * kl
        np.testing.assert_allclose(history["loss"][epoch], expected, rtol=1e-4)
    assert vae.beta == 8.0


def test_capacity_is_a_goal_of_the_kl():
    vae = make_vae(beta=10.0, capacity=50.0)
    loss, reconstruction, kl, _ = vae.compute_losses(X)
    np.testing.assert_allclose(loss, reconstruction + 10 * (50 - kl), rtol=1e-5)
    vae.capacity = 0.0
    np.testing.assert_allclose(
        vae.compute_losses(X)[0], reconstruction + 10 * kl, rtol=1e-5
    )
    assert BetaVAE.from_config(vae.get_config()).capacity == 0.0


def test_goes_on_where_a_saved_training_stopped(tmp_path):
    def train(vae, epochs, start=0):
        schedule = BetaSchedule("linear", steps=4, beta=8.0)
        vae.fit(
            X,
            epochs=epochs,
            initial_epoch=start,
            batch_size=32,
            verbose=0,
            callbacks=[schedule],
        )
        return vae

    half = train(make_vae(), epochs=2)
    assert half.beta == 4.0
    half.save(tmp_path / "half.keras")
    again = train(keras.models.load_model(tmp_path / "half.keras"), 3, start=2)
    assert again.beta == 6.0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"kind": "warm", "steps": 1}, "kind of BetaSchedule expects one of"),
        ({"kind": "linear", "steps": 0}, "steps of BetaSchedule"),
        ({"kind": "linear", "steps": 1, "beta": -1.0}, "beta of BetaSchedule"),
        ({"kind": "linear", "steps": 1, "capacity": 1.0}, "belongs to kind='capacity'"),
        ({"kind": "capacity", "steps": 1}, "belongs to kind='capacity'"),
        ({"kind": "cyclic", "steps": 1, "cycles": 0}, "cycles of BetaSchedule"),
        ({"kind": "cyclic", "steps": 1, "rise": 0}, "rise of BetaSchedule"),
    ],
)
def test_refuses_what_is_no_schedule(arguments, message):
    with pytest.raises(ValueError, match=message):
        BetaSchedule(**arguments)


def test_a_model_without_beta_is_named():
    model = MLP(2, (4,))
    model.compile("adam")
    with pytest.raises(ValueError, match="expects a BetaVAE"):
        model.fit(
            X,
            np.arange(32) % 2,
            verbose=0,
            callbacks=[BetaSchedule("linear", steps=1)],
        )


def test_steps_are_batches_where_gradients_are_accumulated():
    vae = make_vae()
    vae.compile(keras.optimizers.SGD(0.0, gradient_accumulation_steps=4))
    schedule = BetaSchedule("linear", steps=8, beta=1.0)
    vae.fit(X, batch_size=8, epochs=2, verbose=0, callbacks=[schedule])
    assert vae.beta == 1.0
