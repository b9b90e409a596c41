import keras
import numpy as np
import pytest

import kvae
from kvae.models import MLP, convnet, logistic_regression

X = np.random.default_rng(0).random((6, 28, 28, 1)).astype("float32")


def test_the_convnet_is_that_of_keras_mnist_example():
    # 320 + 18,496 + 16,010 parameters, as the example's summary says.
    assert convnet((28, 28, 1), 10).count_params() == 34_826


def test_small_images_are_padded():
    assert convnet((8, 8, 1), 10)(X[:, :8, :8]).shape == (6, 10)


def test_the_convnet_starts_from_its_seed_alone():
    first, again, other = (convnet((28, 28, 1), 3, seed)(X) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert not np.allclose(first, other)


def test_dropout_depends_on_the_seed():
    first, again, other = (
        convnet((28, 28, 1), 3, seed)(X, training=True) for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(first, again)
    assert not np.allclose(first, other)


def test_the_mlp_learns_what_can_be_learned(table_rows):
    model = MLP(2, seeds=(0, 1))
    model.compile("adam", steps_per_execution=50)
    data = kvae.batches(*table_rows, batch_size=16, steps=300, seeds=(0, 1))
    history = model.fit(data, verbose=0).history
    assert history["loss"][-1] < 0.3
    logits = model(np.stack([table_rows.x] * 2))
    accuracy = (np.argmax(logits, -1) == table_rows.y).mean(axis=1)
    assert accuracy.min() > 0.95


def test_mlp_loss_is_the_cross_entropy(table_rows):
    model = MLP(2)
    loss, cross_entropy, accuracy = model.compute_losses(*table_rows)
    logits = np.asarray(model(table_rows.x), "float64")
    log_p = logits - np.log(np.exp(logits).sum(1, keepdims=True))
    expected = -log_p[np.arange(40), table_rows.y].mean()
    np.testing.assert_allclose(loss, expected, rtol=1e-5)
    np.testing.assert_allclose(cross_entropy, expected, rtol=1e-5)
    np.testing.assert_allclose(accuracy, (logits.argmax(1) == table_rows.y).mean())


def test_the_mlp_saves_and_loads(table_rows, tmp_path):
    model = MLP(2, (5,), seeds=3)
    model.compile("adam")
    model.fit(*table_rows, verbose=0)
    model.save(tmp_path / "mlp.keras")
    copy = keras.saving.load_model(tmp_path / "mlp.keras")
    np.testing.assert_array_equal(copy(table_rows.x), model(table_rows.x))
    np.testing.assert_allclose(
        copy.evaluate(*table_rows, verbose=0), model.evaluate(*table_rows, verbose=0)
    )


def test_a_stack_of_mlps_refuses_plain_batches(table_rows):
    model = MLP(2, seeds=(0, 1))
    model.compile("adam")
    with pytest.raises(ValueError, match="stack of 2 models"):
        model.fit(*table_rows, verbose=0)


def test_logistic_regression_is_scikit_learns(table_rows):
    model = logistic_regression().fit(*table_rows)
    assert model.score(*table_rows) > 0.95


def test_convnet_in_bfloat16_keeps_float32_weights_and_logits():
    model = convnet((28, 28, 1), 10, dtype="mixed_bfloat16")
    logits = model(X)
    assert logits.dtype == "float32"
    assert {weight.dtype for weight in model.trainable_weights} == {"float32"}
    same = convnet((28, 28, 1), 10)(X)
    np.testing.assert_allclose(logits, same, atol=0.05)
    assert np.abs(logits - same).max() > 0  # it did compute in bfloat16
