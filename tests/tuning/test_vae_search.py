import keras_tuner
import numpy as np
import pytest

from kvae.data.batches import batches
from kvae.models import ConvEncoder, DenseEncoder
from kvae.schema import continuous
from kvae.tuning import BetaVAEHyperModel
from kvae.tuning.tuners import make_tuner

STREAM = np.random.default_rng(0)
X = STREAM.normal(size=(48, 3)).astype("float32")
SMALL = {"steps": (4,), "steps_per_epoch": 2, "batch_sizes": (8,)}


def drawn(hypermodel, count=40, seed=0):
    """Yields hyperparameters drawn at random, as RandomSearch draws them."""
    tuner = make_tuner(
        "random", hypermodel, trials=count, directory="unused", progress=False
    )
    stream = np.random.default_rng(seed)
    for _ in range(count):
        hp = tuner.oracle.get_space()
        for each in hp.space:
            hp.values[each.name] = each.random_sample(int(stream.integers(2**31)))
        hp.ensure_active_values()
        yield hp


def expect_same_weights(first, second):
    for one, other in zip(first.get_weights(), second.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-6)


@pytest.fixture
def in_tmp_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_trials_of_different_beta_compare_by_the_same_sum():
    model = BetaVAEHyperModel((3,), **SMALL)
    losses, elbos = [], []
    for beta in (0.05, 4.0):
        hp = keras_tuner.HyperParameters()
        hp.Fixed("beta", beta)
        vae = model.build(hp)
        vae.run_eagerly = True  # a few steps: tracing them takes longer
        said = vae.evaluate(X, verbose=0, return_dict=True)
        losses.append(said["loss"])
        elbos.append(said["elbo"])
        history = model.fit(hp, vae, X, validation_data=(X,), verbose=0).history
        np.testing.assert_allclose(
            history["val_elbo"],
            -np.add(history["val_reconstruction"], history["val_kl"]),
            rtol=1e-5,
        )
    # Of the same weights the smaller beta has the lower loss, and the same ELBO.
    assert losses[0] < losses[1] - 0.1
    assert elbos[0] == pytest.approx(elbos[1], rel=1e-5)
    assert model.objective.name == "val_elbo"
    assert model.objective.direction == "max"


def test_a_trial_trains_as_its_settings_do_elsewhere():
    model = BetaVAEHyperModel((3,), seed=5, **SMALL)
    hp = keras_tuner.HyperParameters()
    vae, alone = model.build(hp), model.settings(hp).build((3,), 5)
    vae.run_eagerly = alone.run_eagerly = True
    model.fit(hp, vae, X, validation_data=(X,), verbose=0)
    data = batches(X, batch_size=8, steps=4, seeds=5)
    alone.fit(data, verbose=0, shuffle=False)
    assert vae.optimizer.iterations == alone.optimizer.iterations == 4
    expect_same_weights(vae, alone)


def test_a_trial_that_goes_on_sees_the_batches_that_are_left():
    model = BetaVAEHyperModel((3,), **SMALL)
    hp = keras_tuner.HyperParameters()
    whole, parts = model.build(hp), model.build(hp)
    given = {"validation_data": (X,), "verbose": 0}
    model.fit(hp, whole, X, epochs=3, **given)
    model.fit(hp, parts, X, epochs=1, **given)
    model.fit(hp, parts, X, epochs=3, initial_epoch=1, **given)
    assert parts.optimizer.iterations == whole.optimizer.iterations == 6
    expect_same_weights(whole, parts)


def test_a_data_set_goes_to_keras_as_it_is():
    model = BetaVAEHyperModel((3,), **SMALL)
    hp = keras_tuner.HyperParameters()
    vae = model.build(hp)
    vae.run_eagerly = True
    data = batches(X, batch_size=8, steps=3)
    given = {"validation_data": data, "verbose": 0, "shuffle": False}
    model.fit(hp, vae, data, epochs=2, **given)
    assert vae.optimizer.iterations == 6


def test_filters_are_there_for_convolutions_alone_and_units_for_dense_layers(
    in_tmp_path,
):
    model = BetaVAEHyperModel((8, 8, 1), families=("dense", "conv"))
    seen = set()
    for hp in drawn(model):
        family, active = hp.get("family"), set(hp.values)
        active &= {each.name for each in hp.space if hp.is_active(each)}
        settings = model.settings(hp)
        assert ("filters" in active) == (family == "conv")
        assert ({"units", "layers"} <= active) == (family == "dense")
        assert (settings.filters is None) == (family == "dense")
        if family == "dense":
            assert len(settings.hidden_units) == hp.get("layers")
            assert settings.hidden_units[0] == hp.get("units")
        if family not in seen:
            kind = {"dense": DenseEncoder, "conv": ConvEncoder}[family]
            assert isinstance(model.build(hp).encoder, kind)
        seen.add(family)
    assert seen == {"dense", "conv"}


def test_every_default_is_inside_what_is_searched(in_tmp_path, make_source):
    for data in ((1,), (3,), (8, 8, 1), make_source()):
        model = BetaVAEHyperModel(data, **SMALL)
        hp = keras_tuner.HyperParameters()
        assert model.build(hp).built
        for hp in drawn(model, count=5):
            settings = model.settings(hp)
            assert 1 <= settings.latent_dim <= 64
            assert 0.05 <= settings.beta <= 4.0
            assert settings.batch_size == 8 and settings.steps == 4


def test_a_beta_that_is_given_is_not_searched():
    hp = keras_tuner.HyperParameters()
    model = BetaVAEHyperModel((3,), beta=0.7)
    assert model.settings(hp).beta == 0.7
    assert not {"beta", "normalize_beta"} & set(hp.values)


def test_tables_with_a_schema_are_mixed_and_others_gaussian():
    hp = keras_tuner.HyperParameters()
    assert BetaVAEHyperModel((3,)).settings(hp).reconstruction == "gaussian"
    assert BetaVAEHyperModel((8, 8, 1)).settings(hp).reconstruction == "bernoulli"
    schema = continuous("abc")
    vae = BetaVAEHyperModel((3,), schema=schema).build(hp)
    assert vae.reconstruction == "mixed" and vae.likelihood.schema == schema
    assert hp.get("learn_variance") is True


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"families": ("convolutional",)}, "families of BetaVAEHyperModel expects"),
        ({"families": ("conv",)}, r"images \(H, W, C\).*rows of shape \(3,\)"),
        ({"steps_per_epoch": 0}, "steps_per_epoch of BetaVAEHyperModel"),
    ],
)
def test_what_cannot_be_searched_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        BetaVAEHyperModel((3,), **arguments)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"batch_size": 8}, "Received: batch_size. Leave them out"),
        ({"shuffle": True, "sample_weight": X[:, 0]}, "sample_weight, shuffle"),
        ({"validation_data": None}, r"Pass tuner.search\(x, validation_data="),
    ],
)
def test_what_no_trial_could_do_ends_the_search_at_once(given, message):
    model = BetaVAEHyperModel((3,), **SMALL)
    hp = keras_tuner.HyperParameters()
    given = {"validation_data": (X,), **given}
    with pytest.raises(keras_tuner.errors.FatalValueError, match=message):
        model.fit(hp, model.build(hp), X, **given)


def test_steps_are_whole_epochs():
    with pytest.raises(ValueError, match="multiples of steps_per_epoch"):
        BetaVAEHyperModel((3,), steps=[150], steps_per_epoch=100)
