"""A VAE as a TFX component: module file of a Trainer (run_fn) and a Tuner (tuner_fn).

    Trainer(module_file="recipes/tfx_trainer.py", ...)  # time: that of the training
    Tuner(module_file="recipes/tfx_trainer.py", ...)

TFX itself is not needed to run it, only objects with the attributes of its FnArgs; the
deck has no number for it. Examples are tf.Examples with the float feature `x` (images
or tables in the model's units), in gzipped TFRecords as TFX writes them, or plain ones.
The model goes to `fn_args.serving_model_dir`, which TFX names `.../Format-Serving`:
`serving_default` takes `examples`, serialized tf.Examples, and returns z_mean and
z_log_var; the other signatures are those of `kvae.export`.

`fn_args.custom_config` holds element_shape, and maybe reconstruction, beta, batch_size
and seed. `fn_args.hyperparameters` is a KerasTuner config from tuner_fn, or absent.
"""

import math
from typing import NamedTuple

_DEFAULTS = {
    "reconstruction": "bernoulli",
    "beta": 0.5,
    "batch_size": 64,
    "seed": 0,
}


class TunerFnResult(NamedTuple):
    """What TFX expects of a tuner_fn: a tuner, and the arguments of its search."""

    tuner: object
    fit_kwargs: dict


def run_fn(fn_args):
    """Trains a VAE and exports it, as TFX's Trainer asks."""
    import keras_tuner

    from kvae import serving

    config = _config(fn_args)
    hyperparameters = keras_tuner.HyperParameters()
    if fn_args.hyperparameters:
        hyperparameters = hyperparameters.from_config(fn_args.hyperparameters)
    vae = hypermodel(config).build(hyperparameters)
    vae.fit(
        rows(fn_args.train_files, config, fn_args.train_steps),
        steps_per_epoch=fn_args.train_steps,
        validation_data=rows(fn_args.eval_files, config, fn_args.eval_steps),
        validation_steps=fn_args.eval_steps,
        verbose=0,
    )
    signatures = ["encode_examples", "decode", "encode", "sample", "sample_batch"]
    serving.export(
        vae,
        fn_args.serving_model_dir,
        signatures=signatures,
        about={"settings": {**config, **hyperparameters.values}},
        overwrite=True,  # a component that is run again
    )


def tuner_fn(fn_args):
    """Returns a search over networks, latent dimension and learning rate."""
    import keras_tuner

    config = _config(fn_args)
    model = hypermodel(config)
    tuner = keras_tuner.RandomSearch(
        model,
        objective=model.objective,
        max_trials=config.get("max_trials", 10),
        seed=config["seed"],
        directory=fn_args.working_dir,
        project_name="kvae",
    )
    return TunerFnResult(
        tuner,
        {
            "x": rows(fn_args.train_files, config, fn_args.train_steps),
            "validation_data": rows(fn_args.eval_files, config, fn_args.eval_steps),
            "steps_per_epoch": fn_args.train_steps,
            "validation_steps": fn_args.eval_steps,
        },
    )


def hypermodel(config):
    """Returns what builds a BetaVAE from hyperparameters."""
    from kvae.tuning import BetaVAEHyperModel

    return BetaVAEHyperModel(
        config["element_shape"],
        reconstruction=config["reconstruction"],
        beta=config["beta"],
        batch_sizes=[config["batch_size"]],  # those of the files
        steps=[1],  # TFX says how many
        steps_per_epoch=1,
        seed=config["seed"],
    )


def rows(patterns, config, steps=None):
    """Returns the rows in files of tf.Examples, in batches; without an end for steps.

    TFX passes no steps where a pipeline asks for none: then once through the files.
    """
    import tensorflow as tf

    shape = tuple(config["element_shape"])
    feature = {"x": tf.io.FixedLenFeature([math.prod(shape)], tf.float32)}
    files = tf.io.gfile.glob(list(patterns))
    if not files:
        raise FileNotFoundError(f"No file of examples matches {list(patterns)}.")
    kind = "GZIP" if files[0].endswith(".gz") else ""

    def parse(examples):
        x = tf.io.parse_example(examples, feature)["x"]
        return tf.reshape(x, (-1, *shape))

    examples = tf.data.TFRecordDataset(files, compression_type=kind)
    examples = examples.repeat() if steps else examples
    examples = examples.shuffle(1000, seed=config["seed"])
    return examples.batch(config["batch_size"]).map(parse)


def _config(fn_args):
    config = {**_DEFAULTS, **(fn_args.custom_config or {})}
    if "element_shape" not in config:
        raise ValueError(
            "custom_config expects element_shape, the shape of one row, such as "
            f"(28, 28, 1) or (13,). Received: {sorted(config)}."
        )
    return config
