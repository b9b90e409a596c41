"""The module file as TFX calls it, without TFX."""

from types import SimpleNamespace

import keras_tuner
import numpy as np
import pytest
import tensorflow as tf

from kvae.tuning import BetaVAEHyperModel
from recipes import tfx_trainer
from tools.served_version import ServedVersion


def example(x):
    value = tf.train.Feature(float_list=tf.train.FloatList(value=x.ravel().tolist()))
    feature = tf.train.Features(feature={"x": value})
    return tf.train.Example(features=feature).SerializeToString()


@pytest.fixture
def fn_args(tmp_path):
    """The attributes of FnArgs that a module file uses."""
    x = np.random.default_rng(0).random((64, 6)).astype("float32")
    file = str(tmp_path / "data_tfrecord-00000-of-00001.gz")
    with tf.io.TFRecordWriter(file, "GZIP") as writer:
        for row in x:
            writer.write(example(row))
    return SimpleNamespace(
        working_dir=str(tmp_path / "work"),
        train_files=[str(tmp_path / "data_tfrecord-*")],
        eval_files=[file],
        train_steps=4,
        eval_steps=1,
        serving_model_dir=str(tmp_path / "Format-Serving"),
        model_run_dir=str(tmp_path / "run"),
        hyperparameters=None,
        custom_config={"element_shape": (6,), "batch_size": 16, "max_trials": 2},
    )


def test_the_served_model_reads_serialized_examples(fn_args):
    space = keras_tuner.HyperParameters()
    BetaVAEHyperModel((6,)).build(space)
    fn_args.hyperparameters = space.get_config()
    tfx_trainer.run_fn(fn_args)
    served = ServedVersion(fn_args.serving_model_dir)
    x = np.random.default_rng(1).random((3, 6)).astype("float32")
    examples = np.array([example(row) for row in x], object)
    codes = served.predict("serving_default", {"examples": examples})
    assert codes["z_mean"].shape == (3, 2)
    expected = served.predict("encode", {"x": x})
    np.testing.assert_allclose(codes["z_mean"], expected["z_mean"], atol=1e-6)


def test_without_steps_the_files_are_read_once(fn_args):
    fn_args.train_steps = fn_args.eval_steps = None
    batches = tfx_trainer.rows(fn_args.train_files, tfx_trainer._config(fn_args))
    assert sum(len(batch) for batch in batches) == 64
    tfx_trainer.run_fn(fn_args)  # ends


def test_the_tuner_searches(fn_args):
    result = tfx_trainer.tuner_fn(fn_args)
    result.tuner.search(**result.fit_kwargs, verbose=0)
    (best,) = result.tuner.get_best_hyperparameters(1)
    vae = tfx_trainer.hypermodel(tfx_trainer._config(fn_args)).build(best)
    assert vae.latent_dim == best.values["latent_dim"]


def test_the_shape_of_rows_must_be_said(fn_args):
    fn_args.custom_config = None
    with pytest.raises(ValueError, match="element_shape"):
        tfx_trainer.run_fn(fn_args)
