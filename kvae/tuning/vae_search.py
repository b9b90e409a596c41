"""Searching the VAE itself: the trial whose ELBO on rows held out is largest."""

import contextlib
import dataclasses
import math

import keras_tuner

from kvae.checks import expect_count, expect_one_of
from kvae.data.batches import batches
from kvae.data.guarded import GuardedSource
from kvae.training.plan import image_units
from kvae.training.vaes import VAESettings
from kvae.tuning.stacked_search import EVALUATED_AT_ONCE

FAMILIES = ("dense", "conv")
BATCH_SIZES = (32, 64, 128, 256)
STEPS = (500, 1000, 2000, 4000)
_OURS = (
    "batch_size",
    "class_weight",
    "sample_weight",
    "shuffle",
    "steps_per_epoch",
    "validation_split",
)


class BetaVAEHyperModel(keras_tuner.HyperModel):
    """A BetaVAE: its networks, latent dimension, beta and training are searched.

    Losses of different betas do not compare, and the smallest beta always has the
    lowest. So trials are compared by `val_elbo`, which is logged for every VAE: the
    ELBO of beta = 1, -(reconstruction + KL) in nats per row, of rows that the trial has
    not trained on. It compares neither Bernoulli with Gaussian likelihoods nor data in
    different units: search those by what the rows are for (`AugmentationHyperModel`).

    Args:
        data: Source, or the shape of one row, (H, W, C) or (F,).
        reconstruction: "bernoulli", "gaussian" or "mixed"; by default the first for
            images, and for tables "mixed" with a schema, else "gaussian".
        schema: tuple of Attribute of a table.
        families: tuple of "dense" and "conv" (images alone).
        beta: float, to keep it; by default it is searched, and so is whether it is
            normalised.
        batch_sizes: ints to choose from.
        steps: ints to choose from, gradient steps; the tuner may say how many epochs
            instead (Hyperband).
        steps_per_epoch: int, gradient steps of an epoch.
        seed: int, of weights, noise and batches: trials are paired.
        **kwargs: arguments of keras_tuner.HyperModel.

    Raises:
        ValueError: for an unknown family, or convolutions on a table.

    Example:
        >>> model = BetaVAEHyperModel((4,))
        >>> model.build(keras_tuner.HyperParameters()).latent_dim
        2

    Reference:
        keras.io/keras_tuner/api/hypermodels/base_hypermodel; Higgins et al. 2017.
    """

    objective = keras_tuner.Objective("val_elbo", "max")

    def __init__(
        self,
        data,
        reconstruction=None,
        schema=None,
        families=("dense",),
        beta=None,
        batch_sizes=BATCH_SIZES,
        steps=STEPS,
        steps_per_epoch=100,
        seed=0,
        **kwargs,
    ):
        super().__init__(**kwargs)
        is_source = isinstance(data, GuardedSource)
        self.element_shape = tuple(data.element_shape if is_source else data)
        self.is_image = len(self.element_shape) == 3
        default = "bernoulli" if self.is_image else "mixed" if schema else "gaussian"
        self.reconstruction = reconstruction or default
        self.schema, self.beta, self.seed = schema, beta, seed
        self.families = tuple(families)
        for family in self.families:
            expect_one_of("families of BetaVAEHyperModel", family, FAMILIES)
        if "conv" in self.families and not self.is_image:
            raise ValueError(
                "BetaVAEHyperModel expects images (H, W, C) for convolutions. "
                f"Received: rows of shape {self.element_shape}. Use dense layers."
            )
        expect_count("steps_per_epoch of BetaVAEHyperModel", steps_per_epoch, 1)
        self.batch_sizes, self.steps = list(batch_sizes), list(steps)
        if any(count % steps_per_epoch for count in self.steps):
            raise ValueError(
                "steps of BetaVAEHyperModel expects multiples of steps_per_epoch "
                f"({steps_per_epoch}). Received: {self.steps}."
            )
        self.steps_per_epoch = steps_per_epoch

    def settings(self, hp):
        """Returns the VAESettings that a trial asks for; declares what is missing."""
        size = math.prod(self.element_shape)
        units = image_units(size) if self.is_image else (64,)
        family = self.families[0]
        if len(self.families) > 1:
            family = hp.Choice("family", list(self.families))
        most = max(2, min(64, size))
        default = min(16 if self.is_image else 2, most)
        latent_dim = hp.Int("latent_dim", 1, most, sampling="log", default=default)
        hidden_units, filters = units, None
        if "dense" in self.families:
            with self._scope(hp, "dense"):
                first = hp.Int("units", 16, 512, sampling="log", default=units[0])
                layers = hp.Int("layers", 1, 2, default=len(units))
                # Of another family's trial both are None.
                if family == "dense":
                    hidden_units = tuple(max(1, first // 2**i) for i in range(layers))
        if "conv" in self.families:
            with self._scope(hp, "conv"):
                count = hp.Int("filters", 8, 64, sampling="log", default=32)
                filters = (count, 2 * count) if family == "conv" else None
        beta, normalize = self.beta, False
        if beta is None:
            default = 0.2 if self.is_image else 1.0
            beta = hp.Float("beta", 0.05, 4.0, sampling="log", default=default)
            normalize = hp.Boolean("normalize_beta", default=False)
        return VAESettings(
            latent_dim=latent_dim,
            beta=beta,
            hidden_units=hidden_units,
            reconstruction=self.reconstruction,
            batch_size=hp.Choice(
                "batch_size", self.batch_sizes, default=_middle(self.batch_sizes)
            ),
            steps=hp.Choice("steps", self.steps, default=_middle(self.steps)),
            learning_rate=hp.Float(
                "learning_rate", 1e-4, 1e-2, sampling="log", default=1e-3
            ),
            normalize_beta=normalize,
            filters=filters,
        )

    def _scope(self, hp, family):
        """What is declared in it exists for this family alone."""
        if len(self.families) == 1:
            return contextlib.nullcontext()
        return hp.conditional_scope("family", [family])

    def trained_settings(self, trial):
        """Returns the VAESettings that repeat a trial of a search that is over.

        KerasTuner scores the best epoch of a trial, so it is trained as long as that;
        Hyperband says itself how many epochs there are.

        Args:
            trial: keras_tuner Trial.
        """
        steps = (trial.best_step + 1) * self.steps_per_epoch
        return dataclasses.replace(self.settings(trial.hyperparameters), steps=steps)

    def build(self, hp):
        """Returns a built, compiled BetaVAE."""
        arguments = {}
        if self.schema is not None:
            learn = hp.Boolean("learn_variance", default=True)
            arguments = {"schema": self.schema, "learn_variance": learn}
        vae = self.settings(hp).build(self.element_shape, self.seed, **arguments)
        # Keras would stretch an epoch to whole executions.
        at_once = math.gcd(vae.steps_per_execution, self.steps_per_epoch)
        vae.steps_per_execution = at_once
        return vae

    def fit(self, hp, model, x, *args, epochs=None, initial_epoch=0, **kwargs):
        """Trains a trial on rows in memory, in batches as `kvae.batches` draws them.

        Args:
            hp: HyperParameters.
            model: BetaVAE.
            x: array (N, ...); anything else goes to Keras' fit as it is.
            *args: of Keras' fit.
            epochs: int; by default those that `steps` of the trial ask for.
            initial_epoch: int, where a trial goes on.
            **kwargs: of Keras' fit, validation_data and callbacks among them.

        Returns:
            History.
        """
        kwargs |= {"initial_epoch": initial_epoch}
        # Fatal: every trial would fail alike.
        if kwargs.get("validation_data") is None:
            raise keras_tuner.errors.FatalValueError(
                "BetaVAEHyperModel compares trials by rows that they have not trained "
                "on. Pass tuner.search(x, validation_data=(rows,))."
            )
        if not hasattr(x, "__array__"):
            return model.fit(x, *args, epochs=epochs or 1, **kwargs)
        odd = [name for name in _OURS if kwargs.get(name) is not None]
        if odd:
            raise keras_tuner.errors.FatalValueError(
                "BetaVAEHyperModel makes the batches of rows in memory itself. "
                f"Received: {', '.join(odd)}. Leave them out, or pass a "
                "tf.data.Dataset."
            )
        # Noise is the same in all batches of an evaluation: few large ones.
        kwargs.setdefault("validation_batch_size", EVALUATED_AT_ONCE)
        epochs = epochs or hp.get("steps") // self.steps_per_epoch
        data = batches(
            x,
            batch_size=min(hp.get("batch_size"), len(x)),
            steps=epochs * self.steps_per_epoch,
            seeds=self.seed,
        )
        return model.fit(
            data.skip(initial_epoch * self.steps_per_epoch),
            epochs=epochs,
            steps_per_epoch=self.steps_per_epoch,
            shuffle=False,
            **kwargs,
        )


def _middle(values):
    return sorted(values)[len(values) // 2]
