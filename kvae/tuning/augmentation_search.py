"""Searching the way to augment: by its score inside the labelled rows."""

import dataclasses

import keras
import keras_tuner

from kvae.augmentation.methods import Method
from kvae.checks import expect_one_of
from kvae.training.budget import Budget
from kvae.verdicts.cross_validation import cross_validate, expect_rows_and_labels
from kvae.verdicts.train_splits import vae_settings

LEAST_OF_IMAGES = 1000  # draws per class around labels that were spread
BUDGET = Budget(repeats=1)


class AugmentationHyperModel(keras_tuner.HyperModel):
    """A way to augment: sampler, VAE, amount and filter are searched.

    A trial is cross-validated inside the labelled rows, by the machinery of
    `kvae.verdicts.select`. All trials have the same splits and seeds, so that they are
    paired; rows of a test part have no way in. The default of every hyperparameter is
    what VAEOverSampler does by default; `default` is that trial.

    Args:
        x: float array (N, F), or images (N, H, W, C) in [0, 1].
        y: labels (N,) of any kind; NaN, None and "" mean unlabelled.
        budget: Budget; by default 5 folds, once. `latent_dim` and `beta` are searched.
        seed: int, of splits and everything that is trained.
        samplers: tuple of names to choose from; by default all that fit the rows.
        classifier: optional scikit-learn classifier, as in `cross_validate_all`.
        unlabelled: optional, a label that means unlabelled too, such as -1.
        **kwargs: arguments of keras_tuner.HyperModel.

    Raises:
        ValueError: as `verdict_from_rows`, or for an unknown sampler.

    Example:
        >>> import numpy as np
        >>> x, y = np.random.default_rng(0).normal(size=(20, 3)), [0, 1] * 10
        >>> model = AugmentationHyperModel(x, y)
        >>> model.method(keras_tuner.HyperParameters()).sampler
        'posterior'

    Reference:
        keras.io/keras_tuner/api/hypermodels/base_hypermodel; Nadeau and Bengio 2003.
    """

    objective = keras_tuner.Objective("score", "max")

    def __init__(
        self,
        x,
        y,
        budget=BUDGET,
        seed=0,
        samplers=None,
        classifier=None,
        unlabelled=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.x, self.y, self.class_names = expect_rows_and_labels(x, y, unlabelled)
        self.budget, self.seed, self.classifier = budget, seed, classifier
        self.is_image = self.x.ndim == 4
        known = ["posterior", "noise", "interpolate", "extrapolate"]
        known += ["interpolate+noise", "extrapolate+noise", "normal"]
        known += ["propagate"] if (self.y < 0).any() else []
        for name in samplers or ():
            expect_one_of("samplers of AugmentationHyperModel", name, known)
        self.samplers = list(samplers or known)

    def method(self, hp):
        """Returns the Method that a trial asks for; declares what is missing."""
        sampler = hp.Choice("sampler", self.samplers)
        parameters, members = (
            {},
            sorted({n for s in self.samplers for n in s.split("+")}),
        )
        for member in members:
            having = [s for s in self.samplers if member in s.split("+")]
            with hp.conditional_scope("sampler", having):
                found = _parameters(hp, member)
            if member in sampler.split("+") and found:
                parameters[member] = found
        told = [] if self.is_image else ["conditional"]
        around = [s for s in self.samplers if s not in ("normal", "propagate")]
        vae = "single"
        if around:
            with hp.conditional_scope("sampler", around):
                vae = hp.Choice("vae", [*told, "single", "multi"])
        if "normal" in self.samplers:  # drawn from the prior: the VAE must know classes
            with hp.conditional_scope("sampler", ["normal"]):
                of_normal = hp.Choice("vae_of_normal", [*told, "multi"])
            vae = of_normal if sampler == "normal" else vae
        refine = 0
        if "propagate" in self.samplers:
            with hp.conditional_scope("sampler", ["propagate"]):
                rounds = hp.Int("refine", 0, 2, default=0)
            refine, vae = (rounds, "single") if sampler == "propagate" else (0, vae)
        filtered = hp.Boolean("generative_classifier", default=False)
        with hp.conditional_scope("generative_classifier", [True]):
            threshold = hp.Float("threshold", 0.0, 0.9, step=0.1, default=0.0)
        spreads = self.is_image and sampler == "propagate"
        return Method(
            f"{sampler} of a {vae} VAE",
            sampler,
            vae,
            parameters=parameters,
            generative_classifier=float(threshold) if filtered else False,
            amount=hp.Choice("amount", [0.5, 1.0, 2.0, 4.0], default=1.0),
            least=LEAST_OF_IMAGES if spreads else 0,
            refine=refine,
        )

    def trial_budget(self, hp):
        """Returns the Budget of a trial: its latent dimension and beta."""
        most = 32 if self.is_image else max(2, min(16, self.x.shape[1]))
        default = 0.2 if self.is_image else 1.0
        return dataclasses.replace(
            self.budget,
            latent_dim=hp.Int(
                "latent_dim", 1, most, sampling="log", default=self.budget.latent_dim
            ),
            beta=hp.Float("beta", 0.05, 4.0, sampling="log", default=default),
        )

    def settings(self, hp):
        """Returns the VAESettings of a trial's VAEs."""
        return vae_settings(self.x, self.trial_budget(hp))

    def build(self, hp):
        """Returns a VAE as the trial's splits train them, built and compiled."""
        self.method(hp)
        return self.settings(hp).build(self.x.shape[1:], self.seed)

    def held_out(self, hp):
        """Returns the HeldOut of a trial: of the same values always the same."""
        return cross_validate(
            self.x,
            self.y,
            (self.method(hp),),
            self.trial_budget(hp),
            self.seed,
            classifier=self.classifier,
        )

    def score(self, hp):
        """Returns weighted F1 of the labelled rows held out: what a trial is told."""
        return float(self.held_out(hp).compare()["mean"].iloc[0])

    def fit(self, hp, model, *args, callbacks=None, **kwargs):
        """Cross-validates a trial.

        Args:
            hp: HyperParameters.
            model: what `build` returned; it is not trained.
            *args: not used.
            callbacks: Keras callbacks, which see one epoch with its score.
            **kwargs: not used.

        Returns:
            Dict: "score", weighted F1 of the labelled rows held out.
        """
        callbacks = keras.callbacks.CallbackList(callbacks, model=model)
        callbacks.on_train_begin()
        callbacks.on_epoch_begin(0)
        logs = {"score": self.score(hp)}
        callbacks.on_epoch_end(0, logs)
        callbacks.on_train_end(logs)
        return logs


def _parameters(hp, member):
    """Declares the parameters of a sampler; returns {argument: value}."""
    if member in ("noise", "normal"):
        default = 0.25 if member == "noise" else 1.0
        low, high = (0.05, 1.0) if member == "noise" else (0.5, 1.5)
        name = f"{member}_alpha"
        return {"alpha": hp.Float(name, low, high, sampling="log", default=default)}
    if member in ("interpolate", "extrapolate"):
        return {
            "alpha": hp.Float(f"{member}_alpha", 0.1, 0.9, step=0.1, default=0.5),
            "k": hp.Int(f"{member}_k", 1, 9, step=2, default=3),
        }
    return {}
