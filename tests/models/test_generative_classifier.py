import keras
import numpy as np
import pytest
import tensorflow as tf

from kvae.models import GenerativeClassifier


def linear(weights):
    """A network whose logits are x @ weights."""
    weights = np.asarray(weights, "float32")
    network = keras.Sequential(
        [
            keras.Input((weights.shape[0],)),
            keras.layers.Dense(weights.shape[1], use_bias=False),
        ]
    )
    network.set_weights([weights])
    return network


def softmax(logits):
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def test_accepts_where_the_label_comes_first_and_is_likely_enough():
    judge = GenerativeClassifier(2, linear(np.eye(3)), threshold=0.6)
    x = np.array([[2, 0, 0], [2, 1.8, 0], [0, 2, 0], [0, 0, 2]], "float32")
    label, score, accepted = (np.asarray(v) for v in judge.judge(x, [0, 0, 0, 0]))
    np.testing.assert_allclose(score, softmax(x)[:, 0], rtol=1e-6)
    assert label.tolist() == [0, 0, 0, 0]
    # likely; first but below 0.6; another class; bad
    assert accepted.tolist() == [True, False, False, False]


def test_names_draws_without_label_by_the_likeliest_class_bad_aside():
    judge = GenerativeClassifier(2, linear(np.eye(3)))
    label, score, accepted = judge.judge(
        np.array([[0, 1, 0], [0, 1, 3]], "float32"), None
    )
    assert np.asarray(label).tolist() == [1, 1]
    assert np.asarray(accepted).tolist() == [True, False]
    assert score[1] < 0.2


def test_trains_by_fit_on_classes_and_bad_rows():
    stream = np.random.default_rng(0)
    y = np.arange(300) % 3
    x = stream.normal(size=(300, 2)) + 5.0 * np.array([[0, 0], [1, 0], [0, 1]])[y]
    judge = GenerativeClassifier(2)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    judge.compile(keras.optimizers.Adam(1e-2), loss)
    judge.fit(x, y, epochs=10, verbose=0)
    label, _, accepted = judge.judge(x[y == 1])
    assert np.mean(np.asarray(label) == 1) > 0.95
    assert np.mean(np.asarray(accepted)) > 0.9
    assert np.mean(np.asarray(judge.judge(x[y == 2])[2])) < 0.1


def test_the_default_network_fits_tables_and_images():
    for shape in ((None, 4), (None, 8, 8, 1)):
        judge = GenerativeClassifier(3)
        judge.build(shape)
        assert judge(np.zeros((2, *shape[1:]), "float32")).shape == (2, 4)


@pytest.mark.parametrize("shape", [(4,), (8, 8, 1)])
def test_saves_and_loads_with_its_threshold(tmp_path, shape):
    judge = GenerativeClassifier(3, threshold=0.25, seed=7)
    judge.build((None, *shape))
    x = np.random.default_rng(0).random((5, *shape)).astype("float32")
    judge.save(tmp_path / "judge.keras")
    again = keras.saving.load_model(tmp_path / "judge.keras")
    assert float(again.threshold) == 0.25
    for ours, theirs in zip(judge.judge(x), again.judge(x), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-6)


def test_leaves_as_a_saved_model(tmp_path):
    judge = GenerativeClassifier(2, linear(np.eye(3)), threshold=0.6)
    judge.build((None, 3))
    archive = keras.export.ExportArchive()
    archive.track(judge)
    archive.add_endpoint(
        "classify",
        lambda x: dict(
            zip(("label", "score", "accepted"), judge.judge(x), strict=True)
        ),
        [tf.TensorSpec([None, 3], tf.float32, "x")],
    )
    archive.write_out(str(tmp_path / "1"), verbose=False)
    served = tf.saved_model.load(tmp_path / "1").signatures["classify"]
    given = served(x=tf.constant([[2.0, 0, 0], [2, 1.8, 0]]))
    assert given["accepted"].numpy().tolist() == [True, False]


def test_refuses_what_cannot_be():
    with pytest.raises(ValueError, match="num_classes"):
        GenerativeClassifier(1)
    with pytest.raises(ValueError, match=r"threshold .* in \[0, 1\]"):
        GenerativeClassifier(2, threshold=1.5)
    judge = GenerativeClassifier(3, linear(np.eye(3)))
    with pytest.raises(ValueError, match="network with 4 outputs"):
        judge.build((None, 3))
