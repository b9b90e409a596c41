"""The claim of the replica axis: a stack equals a loop, in any place and company."""

import numpy as np
import pytest
import tensorflow as tf

import kvae
from kvae.data.source import Rows
from kvae.models import (
    MLP,
    BetaVAE,
    ConvEncoder,
    DenseDecoder,
    DenseEncoder,
    stack,
    take,
)
from kvae.schema import Attribute, continuous
from kvae.training.budget import Budget
from kvae.training.classifiers import train_mlps
from kvae.training.vaes import VAESettings, fit_vaes


def trained_vae(seeds, x, dtype, beta, rows=None):
    vae = BetaVAE(
        DenseEncoder(2, (8,), seeds=seeds, dtype=dtype),
        DenseDecoder((4,), (8,), seeds=seeds, dtype=dtype),
        beta=beta,
        reconstruction="gaussian",
        dtype=dtype,
    )
    vae.compile("adam", steps_per_execution=20)
    data = kvae.batches(x, batch_size=8, steps=100, seeds=seeds, rows=rows)
    vae.fit(data, verbose=0)
    return vae


@pytest.mark.parametrize(("dtype", "atol"), [("float64", 1e-10), ("float32", 1e-4)])
def test_a_trained_stack_equals_a_loop_over_single_vaes(table_rows, dtype, atol):
    x = table_rows.x.astype(dtype)
    rows = {5: np.arange(7), 6: np.arange(40), 7: np.arange(3, 30)}
    beta = {5: 0.1, 6: 1.0, 7: 3.0}

    def train(*seeds):
        return trained_vae(
            seeds, x, dtype, [beta[s] for s in seeds], [rows[s] for s in seeds]
        )

    first, second = train(5, 6, 7), train(7, 5)  # other places, other company
    for seed in (5, 6, 7):
        single = trained_vae(seed, x, dtype, beta[seed], rows[seed])
        for company, seeds in ((first, (5, 6, 7)), (second, (7, 5))):
            if seed in seeds:
                copy = take(company, seeds.index(seed))
                for ours, theirs in zip(copy.weights, single.weights, strict=True):
                    np.testing.assert_allclose(ours, theirs, atol=atol, rtol=0)


@pytest.mark.parametrize(("dtype", "atol"), [("float64", 1e-10), ("float32", 1e-4)])
def test_a_trained_stack_equals_a_loop_over_single_mlps(table_rows, dtype, atol):
    x = table_rows.x.astype(dtype)

    def train(seeds):
        model = MLP(2, (8,), seeds=seeds, dtype=dtype)
        model.compile("adam", steps_per_execution=20)
        data = kvae.batches(x, table_rows.y, batch_size=8, steps=100, seeds=seeds)
        model.fit(data, verbose=0)
        return model

    company = train((3, 4, 5))
    for r, seed in enumerate((3, 4, 5)):
        copy, single = take(company, r), train(seed)
        for ours, theirs in zip(copy.weights, single.weights, strict=True):
            np.testing.assert_allclose(ours, theirs, atol=atol, rtol=0)


def largest_difference(x, settings, replicas=20, **arguments):
    """Of the weights of a stack's members to models that were trained alone."""
    seeds = tuple(range(replicas))
    rows = [np.arange(seed % 7, len(x) - seed % 5) for seed in seeds]
    company = fit_vaes(x, seeds, settings, rows=rows, **arguments)
    differences = []
    for r in (1, replicas - 1):
        alone = fit_vaes(x, seeds[r], settings, rows=rows[r], **arguments)
        for ours, theirs in zip(company.weights, alone.weights, strict=True):
            differences.append(np.abs(ours.numpy()[r] - theirs.numpy()).max())
    return max(differences)


@pytest.mark.parametrize("features", [9, 21, 58])  # of glass, thyroid, horse
def test_a_table_s_vae_is_bit_by_bit_what_it_is_alone(features):
    x = np.random.default_rng(0).normal(size=(150, features)).astype("float32")
    settings = VAESettings(2, 1.0, (64,), "gaussian", batch_size=32, steps=100)
    assert largest_difference(x, settings) == 0


def test_a_vae_of_large_images_is_bit_by_bit_what_it_is_alone():
    x = np.random.default_rng(0).uniform(size=(50, 784)).astype("float32")
    settings = VAESettings(10, 0.5, (300, 64), "bernoulli", batch_size=16, steps=10)
    assert largest_difference(x, settings) == 0


def test_a_mixed_table_s_vae_is_bit_by_bit_what_it_is_alone():
    stream = np.random.default_rng(0)
    x = stream.normal(size=(150, 14)).astype("float32")
    x[:, 11:] = np.eye(3)[stream.integers(3, size=150)]
    word = Attribute("word", "nominal", (11, 14), levels=("a", "b", "c"))
    arguments = {"schema": (*continuous(range(11)), word), "learn_variance": True}
    settings = VAESettings(3, 1.0, (50, 20), "mixed", batch_size=32, steps=100)
    assert largest_difference(x, settings, **arguments) == 0


def test_an_mlp_of_any_number_of_classes_is_bit_by_bit_what_it_is_alone():
    x = np.random.default_rng(0).normal(size=(120, 9)).astype("float32")
    rows = Rows(x, np.arange(120) % 6)
    settings = Budget(steps=100, batch_size=32)
    cells = [(seed, rows, rows if seed % 2 else None) for seed in range(20)]
    company = train_mlps(cells, 6, settings)
    for r in (1, 18):
        alone = train_mlps(cells[r : r + 1], 6, settings)
        for ours, theirs in zip(company.weights, alone.weights, strict=True):
            np.testing.assert_array_equal(ours.numpy()[r], theirs.numpy()[0])


@pytest.mark.parametrize("batch_size", [7, 10, 30])
def test_in_other_batches_than_multiples_of_16_it_is_so_up_to_rounding(batch_size):
    x = np.random.default_rng(0).uniform(size=(150, 58)).astype("float32")
    settings = VAESettings(3, 1.0, (64,), "bernoulli", batch_size, steps=100)
    assert largest_difference(x, settings) < 1e-5


def test_take_and_stack_are_exact(make_vae, table_rows):
    vae = make_vae(seeds=(0, 1, 2), beta=(0.1, 0.2, 0.3))
    vae.fit(kvae.batches(table_rows.x, steps=5, seeds=(0, 1, 2)), verbose=0)
    x = np.stack([table_rows.x] * 3)
    expected = vae(x).numpy()
    pair, single = take(vae, [2, 0]), take(vae, 1)
    np.testing.assert_array_equal(pair(x[:2]), expected[[2, 0]])
    np.testing.assert_array_equal(single(x[0]), expected[1])
    whole = stack([pair, single])
    np.testing.assert_array_equal(whole(x), expected[[2, 0, 1]])
    assert whole.seeds == (2, 0, 1)
    assert whole.beta == (0.3, 0.1, 0.2)
    assert whole.get_config()["num_attributes"] == 4


@pytest.mark.parametrize("dtype", ["float64", "mixed_bfloat16"])
def test_take_and_stack_keep_the_precision(make_vae, dtype):
    vae = make_vae(seeds=(0, 1), dtype=dtype)
    for copy in (take(vae, 1), stack([take(vae, 0), take(vae, 1)])):
        assert copy.dtype_policy.name == dtype
        assert copy.encoder.dtype_policy.name == dtype
        assert copy.decoder.hidden[0].dtype_policy.name == dtype


def test_a_taken_replica_trains_on_as_in_its_stack(make_vae, table_rows):
    # The noise goes on where it stopped; the optimizer starts anew in both.
    x = table_rows.x
    vae = make_vae(seeds=(0, 1))
    vae.fit(kvae.batches(x, steps=5, seeds=(0, 1)), verbose=0)
    single = take(vae, 1)
    for model in (vae, single):
        model.compile("sgd")
    vae.fit(kvae.batches(x, steps=5, seeds=(8, 9)), verbose=0)
    single.fit(kvae.batches(x, steps=5, seeds=9), verbose=0)
    np.testing.assert_allclose(take(vae, 1)(x), single(x), atol=1e-6)


def test_one_beta_for_all_stays_one_beta(make_vae):
    vae = make_vae(seeds=(0, 1), beta=0.7)
    assert take(vae, 0).beta == 0.7
    assert stack([take(vae, 0), take(vae, 1)]).beta == 0.7


def test_says_what_cannot_be_taken(make_vae):
    with pytest.raises(ValueError, match="with a replica axis"):
        take(make_vae(seeds=0), 0)
    for replica in (2, -1, [0, 5]):
        with pytest.raises(IndexError, match="from 0 to 1"):
            take(make_vae(seeds=(0, 1)), replica)
    with pytest.raises(ValueError, match="expect built models"):
        take(MLP(2, seeds=(0, 1)), 0)


def test_says_what_cannot_be_stacked(make_vae):
    with pytest.raises(ValueError, match="at least one model"):
        stack([])
    with pytest.raises(ValueError, match="seeds and beta aside"):
        stack([make_vae(), make_vae(latent_dim=3)])
    assert stack([make_vae(name="a"), make_vae(name="b")]).replicas == 2
    with pytest.raises(ValueError, match="one input shape"):
        stack([make_vae(), make_vae(element_shape=(5,))])
    mlp = MLP(2)
    mlp.build((None, 4))
    with pytest.raises(ValueError, match="one class"):
        stack([make_vae(), mlp])
    with pytest.raises(ValueError, match="expect built models"):
        stack([ConvEncoder(2)])


def test_losses_of_a_stack_are_summed_not_averaged(make_vae, table_rows):
    vae = make_vae(seeds=(0, 1))
    x = np.stack([table_rows.x] * 2)
    loss, reconstruction, kl, _ = vae.compute_losses(tf.constant(x))
    np.testing.assert_allclose(loss, np.sum(reconstruction + kl), rtol=1e-6)
    assert reconstruction.shape == (2,)
