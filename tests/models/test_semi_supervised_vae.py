import keras
import numpy as np
import pytest

import kvae
from kvae.models import DenseDecoder, DenseEncoder, SemiSupervisedVAE, take
from kvae.schema import continuous


def model_of(seeds=0, **arguments):
    return SemiSupervisedVAE(
        DenseEncoder(1, (8,), seeds=seeds),
        DenseDecoder((4,), (8,), seeds=seeds),
        2,
        continuous("ab"),
        **arguments,
    )


@pytest.fixture(scope="module")
def rows():
    """Two clouds, one of three times the rows; three rows of each have a label."""
    stream = np.random.default_rng(0)
    y = np.repeat([0, 1], [150, 50])
    x = stream.normal(scale=0.5, size=(200, 2)) + np.where(y, 2, -2)[:, None]
    told = np.where(np.isin(np.arange(200), [0, 1, 2, 150, 151, 152]), y, -1)
    return x.astype("float32"), y, told


def train(vae, x, told, steps=400):
    vae.compile(keras.optimizers.Adam(0.01), steps_per_execution=50)
    known = np.resize(np.flatnonzero(told >= 0), len(x))
    rows = np.concatenate([known, np.arange(len(x))])
    with_class = vae.with_class(x, told)
    vae.fit(kvae.batches(with_class[rows], batch_size=32, steps=steps), verbose=0)
    return vae


def test_learns_classes_and_their_shares_from_six_labels(rows):
    x, y, told = rows
    vae = train(model_of(), x, told)
    assert (np.argmax(vae.classify(x), axis=1) == y).mean() > 0.97
    # Labelled rows are half and half; those without a label are three to one.
    assert float(vae.class_shares[0, 0]) == pytest.approx(0.75, abs=0.05)


def test_the_loss_of_a_labelled_row_is_that_of_a_conditional_vae(rows):
    x, y, _ = rows
    # With noise, draws for other batch shapes differ; the KL knows of no noise.
    for noiseless, place in ((True, 1), (False, 2)):
        vae = model_of(alpha=0.0, deterministic=noiseless)
        vae.build((None, 4))
        arguments = {"schema": continuous("ab"), "deterministic": noiseless}
        twin = kvae.ConditionalVAE(vae.encoder, vae.decoder, 2, **arguments)
        twin.build((None, 4))
        ours = vae.compute_losses(vae.with_class(x, y))[place]
        theirs = twin.compute_losses(twin.with_class(x, y))[place]
        assert float(ours) == pytest.approx(float(theirs), rel=1e-5) != 0


def test_an_unlabelled_row_is_the_mean_over_classes(rows):
    x = rows[0][:10]
    vae = model_of(alpha=0.0, classifier_units=(), deterministic=True)
    vae.build((None, 4))
    for layer in vae.classifier.weights:  # q(y | x) = 1 / 2
        layer.assign(np.zeros(layer.shape))
    loss, *_ = vae.compute_losses(vae.with_class(x, np.full(10, -1)))
    each = [vae.compute_losses(vae.with_class(x, np.full(10, c)))[0] for c in (0, 1)]
    assert float(loss) == pytest.approx(float(np.mean(each)), rel=1e-5)


def test_a_stack_is_its_members(rows):
    x, _, told = rows
    stack = model_of(seeds=(3, 4))
    stack.build((2, None, 4))
    alone = take(stack, 1)
    both = np.stack([stack.with_class(x, told)] * 2)
    for term in (1, 2):
        of_stack = stack.compute_losses(both)[term]
        own = alone.compute_losses(both[1])[term]
        np.testing.assert_allclose(of_stack[1], own, rtol=1e-5)
    np.testing.assert_allclose(
        stack.classify(both[..., :2])[1], alone.classify(x), rtol=1e-5
    )


def test_saves_and_loads(rows, tmp_path):
    x, _, told = rows
    vae = train(model_of(alpha=2.0), x, told, steps=50)
    vae.save(tmp_path / "vae.keras")
    again = keras.saving.load_model(tmp_path / "vae.keras")
    assert again.alpha == 2.0
    np.testing.assert_array_equal(vae.classify(x), again.classify(x))


def test_draws_follow_the_class(rows):
    x, _, told = rows
    vae = train(model_of(), x, told)
    known = told >= 0
    new = kvae.generate(vae, x[known], told[known], sampler="normal", n=50)
    assert new.x[new.y == 0].mean() < -1 < 1 < new.x[new.y == 1].mean()


def test_alpha_is_checked():
    with pytest.raises(ValueError, match="alpha of SemiSupervisedVAE.*-1"):
        model_of(alpha=-1)
