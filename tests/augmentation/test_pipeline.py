import numpy as np
import pytest
import tensorflow as tf

from kvae.augmentation.generate import generate
from kvae.augmentation.pipeline import augment


def test_real_examples_come_first_and_generated_after(make_vae, table_rows):
    vae = make_vae()
    data = tf.data.Dataset.from_tensor_slices(tuple(table_rows))
    augmented = augment(data, vae, "interpolate", n=5, seed=3)
    assert augmented.element_spec == data.element_spec
    x, y = zip(*augmented.as_numpy_iterator(), strict=True)
    expected = generate(vae, *table_rows, "interpolate", n=5, seed=3)
    np.testing.assert_array_equal(x[:40], table_rows.x)
    np.testing.assert_array_equal(x[40:], expected.x)
    np.testing.assert_array_equal(y, np.concatenate([table_rows.y, expected.y]))


def test_batches_stay_batches(make_vae, table_rows):
    data = tf.data.Dataset.from_tensor_slices(
        (table_rows.x.astype("float16"), table_rows.y.astype("uint8"))
    )
    batches = list(augment(data.batch(16), make_vae(), n=6).as_numpy_iterator())
    assert [len(y) for _, y in batches] == [16, 16, 16, 4]
    assert batches[-1][0].dtype == "float16"
    assert batches[-1][1].dtype == "uint8"


def test_feeds_fit(make_vae, table_rows):
    import keras

    data = tf.data.Dataset.from_tensor_slices(tuple(table_rows))
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    augmented = augment(data, make_vae()).shuffle(100, seed=0).batch(16)
    assert np.isfinite(model.fit(augmented, verbose=0).history["loss"]).all()


def test_says_what_is_wrong(make_vae, table_rows):
    rows_only = tf.data.Dataset.from_tensor_slices(table_rows.x)
    with pytest.raises(ValueError, match=r"pairs.*\(4,\)"):
        augment(rows_only, make_vae())
    with pytest.raises(ValueError, match="class indices"):
        one_hot = tf.one_hot(table_rows.y, 2)
        augment(tf.data.Dataset.from_tensor_slices((table_rows.x, one_hot)), make_vae())
    repeated = tf.data.Dataset.from_tensor_slices(tuple(table_rows)).repeat()
    with pytest.raises(ValueError, match="finite dataset"):
        augment(repeated, make_vae())
    nothing = tf.data.Dataset.from_tensor_slices(tuple(table_rows)).take(0)
    with pytest.raises(ValueError, match="at least one example"):
        augment(nothing, make_vae())


def test_examples_without_a_label_teach_and_are_left_out(make_vae, table_rows):
    x, y = table_rows
    y = np.where(np.arange(40) % 3 == 0, -1, y)
    data = tf.data.Dataset.from_tensor_slices((x, y))
    augmented = augment(data, make_vae(), "propagate", n=2, unlabelled=-1)
    found = [int(label) for _, label in augmented.as_numpy_iterator()]
    assert found == [*y[y >= 0].tolist(), 0, 0, 1, 1]
