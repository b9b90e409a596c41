import contextlib
import dataclasses

import numpy as np
import pytest

import kvae
from kvae import progress
from kvae.models import BetaVAE, DenseDecoder, DenseEncoder, MultiVAE, take
from kvae.schema import continuous
from kvae.training.vaes import (
    VAESettings,
    class_batches,
    class_rows,
    class_seeds,
    fit_vae,
    fit_vae_parts,
    fit_vaes,
)

SETTINGS = VAESettings(
    latent_dim=2,
    beta=1.0,
    hidden_units=(8,),
    reconstruction="gaussian",
    batch_size=8,
    steps=60,
)


def test_a_vae_of_a_stack_is_the_one_trained_alone_on_its_rows():
    x = np.random.default_rng(0).normal(size=(40, 3)).astype("float32")
    rows = [np.arange(25), np.arange(25, 40)]
    both = fit_vaes(x, [5, 6], SETTINGS, rows=rows)
    alone = fit_vaes(x[25:], [6], SETTINGS)
    mean = [vae.encode(x[:4])[0] for vae in (take(both, 1), take(alone, 0))]
    np.testing.assert_allclose(*mean, atol=1e-4)
    assert both.optimizer.iterations == 60


@pytest.mark.parametrize("kind", ["single", "multi", "conditional"])
def test_the_vae_of_a_part_is_the_one_trained_alone_on_it(kind):
    stream = np.random.default_rng(0)
    x = stream.normal(size=(40, 3)).astype("float32")
    y = np.append(np.arange(36) % 2, [-1] * 4)
    parts = [np.arange(25), np.arange(10, 40), np.arange(0, 40, 2)]
    if kind == "multi":  # which knows of no class in a part without it
        parts = parts[:2]
    settings = dataclasses.replace(SETTINGS, reconstruction="mixed")
    arguments = {"schema": continuous(range(3)), "learn_variance": True}
    seeds = range(5, 5 + len(parts))
    vaes = fit_vae_parts(x, y, kind, settings, seeds, parts, num_classes=2, **arguments)
    assert len(vaes) == len(parts)
    for vae, seed, part in zip(vaes, seeds, parts, strict=True):
        alone = fit_vae(
            x[part],
            y[part],
            kind,
            settings,
            seed=seed,
            num_classes=2,
            schema=arguments["schema"],
        )
        assert type(vae) is type(alone)
        for mine, other in zip(vae.weights, alone.weights, strict=True):
            np.testing.assert_allclose(mine, other, atol=1e-4)


def test_other_classes_of_model_come_out_as_asked():
    x = np.zeros((6, 3), "float32")
    multi = fit_vaes(x, [0, 1], SETTINGS, cls=MultiVAE)
    assert isinstance(multi, MultiVAE) and multi.replicas == 2


def test_mix_in_is_a_share_of_the_training_set():
    y = np.repeat([0, 1, 2], [8, 16, 40])
    rows = class_rows(y, seeds=(0, 1, 2), mix_in=0.2)
    for label, rows_of_class in enumerate(rows):
        assert (y[rows_of_class] != label).mean() == pytest.approx(0.2)
        assert set(np.flatnonzero(y == label)) <= set(rows_of_class)
        assert len(set(rows_of_class)) == len(rows_of_class)


def test_without_mix_in_a_class_sees_itself_only():
    rows = class_rows([1, 0, None, 1], seeds=(0, 1))
    np.testing.assert_array_equal(rows[0], [1])
    np.testing.assert_array_equal(rows[1], [0, 3])


def test_seeds_of_a_class_do_not_depend_on_the_number_of_classes():
    assert class_seeds(0, 5)[:3] == class_seeds(0, 3)
    assert len({*class_seeds(0, 5), *class_seeds(1, 5)}) == 10


def test_a_replica_is_the_vae_of_its_class(table_rows):
    seeds = class_seeds(0, 2)

    def train(seeds, data):
        cls = BetaVAE if isinstance(seeds, int) else MultiVAE
        vae = cls(
            DenseEncoder(2, (8,), seeds=seeds),
            DenseDecoder((4,), (8,), seeds=seeds),
            reconstruction="gaussian",
        )
        vae.compile("adam", steps_per_execution=20)
        vae.fit(data, verbose=0)
        return vae

    multi = train(seeds, class_batches(*table_rows, seeds, batch_size=8, steps=400))
    x = table_rows.x[table_rows.y == 1]
    single = train(seeds[1], kvae.batches(x, batch_size=8, steps=400, seeds=seeds[1]))
    np.testing.assert_allclose(take(multi, 1)(x), single(x), atol=1e-4)
    # Draws from its prior look like the class: class 1 lies 3 higher.
    rows = kvae.generate(multi, *table_rows, "normal", n=200)
    means = [rows.x[rows.y == label].mean() for label in (0, 1)]
    assert means[1] - means[0] > 0.5


def test_says_which_class_has_no_rows():
    with pytest.raises(ValueError, match="Class 1 of 3 has none"):
        class_rows(np.array([0, 2, 2]), seeds=(0, 1, 2))
    with pytest.raises(ValueError, match="labels below 2"):
        class_rows(np.array([0, 1, 2]), seeds=(0, 1))
    for mix_in in (-0.1, 1.0):
        with pytest.raises(ValueError, match="mix_in expects"):
            class_rows(np.array([0, 1]), seeds=(0, 1), mix_in=mix_in)


def test_who_listens_is_told_of_every_step_and_training_is_the_same():
    settings = VAESettings(2, 1.0, (4,), "gaussian", batch_size=4, steps=120)
    x, told = np.random.default_rng(0).normal(size=(12, 3)).astype("float32"), []

    @contextlib.contextmanager
    def listener(total, what, seconds):
        told.append((total, what, seconds))
        yield told.append

    with progress.listening(listener):
        heard = fit_vaes(x, 0, settings)
    assert told[0] == (120, "training", None)
    assert len(told) == 4 and sum(told[1:]) == 120  # 50 steps at once
    for one, other in zip(heard.weights, fit_vaes(x, 0, settings).weights, strict=True):
        np.testing.assert_array_equal(one, other)
