"""Ways to augment: what a classifier is trained on, from few labelled rows.

Each is a named object, and has one name everywhere: in tables, in the choice of
`method="auto"`, in `VAEOverSampler` and in the quickstart.

    METHODS["interpolate+noise"].rows(labelled, seed=0, vaes={"single": vae})
"""

import dataclasses
import warnings
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from kvae import random, samplers
from kvae.augmentation import rivals
from kvae.augmentation.generate import generate
from kvae.augmentation.refinement import refined_codes
from kvae.checks import expect_at_least, expect_count, expect_one_of
from kvae.data.guarded import Rows
from kvae.data.labels import counts_like
from kvae.latent.neighbours import neighbours
from kvae.semi_supervised.candidates import CLASSIFIERS, LATENT_MEANS
from kvae.warning_classes import TooFewRowsWarning

BASELINE = "real rows only"
CLASS_WEIGHTS = "class weights"
SMOTE = "SMOTE"
INPUT_NOISE = "input noise"
SHIFTS = "shifts and rotations"
PROPAGATE = "propagate"
MULTI_VAE = "Multi-VAE: normal"
SINGLE_VAE_METHODS = (
    "noise",
    "posterior",
    "interpolate",
    "extrapolate",
    "interpolate+noise",
    "extrapolate+noise",
)
IMAGE_METHODS = (BASELINE, SHIFTS, *SINGLE_VAE_METHODS, MULTI_VAE)
TABLE_METHODS = (BASELINE, SMOTE, INPUT_NOISE, *SINGLE_VAE_METHODS, MULTI_VAE)
VAES = ("single", "multi", "conditional")


class TrainingRows(NamedTuple):
    """What a classifier is trained on.

    real: Rows; generated: Rows, or None; share: float in (0, 1), generated places of a
    batch, or their share in the sum of weights.
    """

    real: Rows
    generated: Rows | None = None
    share: float = 0.5


@dataclasses.dataclass(frozen=True)
class Method:
    """A way to augment.

    Args:
        name: str, unique among the methods that are compared.
        sampler: str, what draws from a VAE, as `kvae.samplers.get` knows it.
        vae: with a sampler or latent means, "single" (one VAE of all rows), "multi"
            (one for each class), or "conditional" (one of a table, told the class).
        rival: str, what is done without a VAE, one of `kvae.augmentation.rivals`.
        classifier: str, how unlabelled rows teach a classifier without new rows, one of
            `kvae.semi_supervised.CLASSIFIERS`. With none of the three the real rows
            stay as they are.
        parameters: dict {member of the sampler: dict of its arguments}.
        generative_classifier: bool, whether one filters the draws; a float, 0.0 too, is
            its threshold, from 0 to 1; True is the one that it was trained with.
        refine: int, rounds in which labels that were spread are refined by a classifier
            (`refined_codes`).
        amount: float >= 0, generated rows for each real one.
        least: int, generated rows per class at least.
        share: float in (0, 1), of generated rows in a batch, or in the sum of weights.

    Raises:
        ValueError: for an unknown sampler, rival or VAE, or numbers out of range.

    Example:
        >>> method = Method("wide noise", "noise", "single", {"noise": {"alpha": 2.0}})
        >>> method.make_sampler()
        Noise(alpha=2.0)
    """

    name: str
    sampler: str | None = None
    vae: str | None = None
    parameters: Mapping = dataclasses.field(default_factory=dict)
    rival: str | None = None
    classifier: str | None = None
    generative_classifier: bool | float = False
    amount: float = 1.0
    least: int = 0
    share: float = 0.5
    refine: int = 0

    def __post_init__(self):
        if self.rival is not None:
            expect_one_of(f"rival of Method {self.name!r}", self.rival, rivals.RIVALS)
        if self.classifier is not None:
            who = f"classifier of Method {self.name!r}"
            expect_one_of(who, self.classifier, CLASSIFIERS)
            if self.sampler is not None or self.rival is not None:
                raise ValueError(
                    f"Method {self.name!r} expects a classifier, a sampler or a rival. "
                    "Received: several of them. Compare them as methods of their own."
                )
        if self.sampler is not None:
            self.make_sampler()
            expect_one_of(f"vae of Method {self.name!r}", self.vae, VAES)
        expect_at_least("amount of Method", self.amount, 0)
        expect_count("least of Method", self.least)
        expect_count("refine of Method", self.refine)
        if not 0 <= self.generative_classifier <= 1:
            raise ValueError(
                "generative_classifier of Method expects a bool, or a threshold from 0 "
                f"to 1. Received: {self.generative_classifier!r}."
            )
        if not 0 < self.share < 1:
            raise ValueError(
                "share of Method expects a number between 0 and 1. "
                f"Received: {self.share!r}."
            )

    @property
    def is_plain(self):
        """bool: whether it adds as many rows of a VAE as there are, and that is all.

        An over-sampler can do that; it neither weighs rows nor knows of batches.
        """
        changed = self.is_filtered, self.amount != 1.0, self.share != 0.5
        return self.sampler is not None and not any((*changed, self.refine))

    @property
    def is_filtered(self):
        """bool: whether a generative classifier filters the draws."""
        # A threshold of 0.0 is one, though it equals False.
        says = isinstance(self.generative_classifier, bool | np.bool_)
        return bool(self.generative_classifier) or not says

    @property
    def _stream(self):
        # Methods that differ in what becomes of their draws draw the same ones: paired.
        of = {"single": "", "multi": "Multi-VAE: ", "conditional": "conditional VAE: "}
        return f"{of[self.vae]}{self.sampler}"

    def make_sampler(self):
        """Returns the sampler, each of its members with its parameters."""
        members = [
            samplers.get(name, **self.parameters.get(name, {}))
            for name in self.sampler.split("+")
        ]
        return members[0] if len(members) == 1 else samplers.get(members)

    def rows(
        self,
        labelled,
        seed,
        vaes=None,
        n=None,
        places=None,
        unlabelled=None,
        generative_classifier=None,
        features=None,
    ):
        """Returns what a classifier is trained on.

        Args:
            labelled: Rows.
            seed: int.
            vaes: dict {"single": BetaVAE, "multi": MultiVAE, "conditional":
                ConditionalVAE}, with a sampler; only the one that it draws from is
                looked at.
            n: int, rows per class; or dict {class index: rows}; by default `amount` of
                the real ones.
            places: int, generated places of all batches, for rivals that make a new
                row for each; by default as many as there are rows.
            unlabelled: optional float array (M, ...), rows without a label.
            generative_classifier: GenerativeClassifier, where the method has one.
            features: optional float array (N + M, D) of labelled and unlabelled rows,
                with `refine`: labels spread over their graph instead of the VAE's.

        Returns:
            TrainingRows. Where a generative classifier accepts too few draws of a
            class, there are fewer of it.
        """
        if n is None:
            n = {
                c: max(1, self.least, round(self.amount * real))
                for c, real in counts_like(labelled.y).items()
            }
        if self.rival is not None:
            make = rivals.RIVALS[self.rival]
            places = len(labelled.y) if places is None else places
            real, generated = make(labelled, seed, n=n, places=places)
            return TrainingRows(real, generated, self.share)
        if self.sampler is None:  # a classifier of unlabelled rows makes none, too
            return TrainingRows(labelled, None, self.share)
        sampler, (x, y) = self.make_sampler(), labelled
        if sampler.uses_unlabelled and unlabelled is not None:
            x = np.concatenate([x, unlabelled])
            y = np.concatenate([y, np.full(len(unlabelled), -1)])
        judge = generative_classifier if self.is_filtered else None
        if judge is not None and self.generative_classifier is not True:
            judge = judge.with_threshold(self.generative_classifier)
        seed, codes = random.derive(seed, "generate", self._stream), None
        if self.refine and sampler.uses_unlabelled and (y < 0).any():
            codes = refined_codes(
                vaes[self.vae],
                x,
                y,
                rounds=self.refine,
                seed=seed,
                unlabelled=-1,
                graph=None if features is None else neighbours(features),
            )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", TooFewRowsWarning)
            new = generate(
                vaes[self.vae],
                x,
                y,
                sampler,
                n=n,
                seed=seed,
                unlabelled=-1,
                generative_classifier=judge,
                codes=codes,
            )
        generated = Rows(new.x, new.y) if len(new) else None
        return TrainingRows(labelled, generated, self.share)


METHODS = {
    method.name: method
    for method in (
        Method(BASELINE),
        *(Method(name, rival=name) for name in rivals.RIVALS),
        *(Method(name, name, "single") for name in SINGLE_VAE_METHODS),
        Method(PROPAGATE, "propagate", "single"),
        *(
            Method(
                name, vae="single" if name == LATENT_MEANS else None, classifier=name
            )
            for name in CLASSIFIERS
        ),
        Method(MULTI_VAE, "normal", "multi"),
        Method(f"{MULTI_VAE}, filtered", "normal", "multi", generative_classifier=True),
        Method(f"{MULTI_VAE}, three times", "normal", "multi", amount=3.0),
        Method(f"{MULTI_VAE}, a quarter", "normal", "multi", share=0.25),
    )
}


def get(identifier, vae="single"):
    """Returns a method from its name, or the method itself.

    Args:
        identifier: Method; a name of METHODS; or a name of a sampler, or of several
            joined by "+".
        vae: str, what a sampler that is no method by itself draws from.

    Raises:
        ValueError: for an unknown name; the message lists the known ones.

    Example:
        >>> get("posterior+noise").sampler
        'posterior+noise'
    """
    if isinstance(identifier, Method):
        return identifier
    if identifier in METHODS:
        return METHODS[identifier]
    known = samplers.SAMPLERS
    if not isinstance(identifier, str) or not set(identifier.split("+")) <= set(known):
        expect_one_of("method", identifier, {**METHODS, **known})
    return Method(identifier, identifier, vae)


def table_methods(y):
    """Returns the methods that are judged on a table, the baseline first.

    Args:
        y: int array (N,) of class indices, -1 = unlabelled. Class weights stand among
            them where classes differ in size, `propagate` where there are unlabelled
            rows.
    """
    weights = len(set(counts_like(y).values())) > 1
    names = (
        BASELINE,
        *((CLASS_WEIGHTS,) if weights else ()),
        SMOTE,
        INPUT_NOISE,
        "posterior",
        "interpolate",
        MULTI_VAE,
        f"{MULTI_VAE}, filtered",
        f"{MULTI_VAE}, three times",
        f"{MULTI_VAE}, a quarter",
    )
    return (*(METHODS[name] for name in names), *spreading(y, image=False))


def image_methods(y):
    """Returns the methods that are judged on images; `y` as in `table_methods`."""
    names = BASELINE, SHIFTS, "extrapolate"
    return (*(METHODS[name] for name in names), *spreading(y, image=True))


def automatic_methods(y, image):
    """Returns what `VAEOverSampler(method="auto")` chooses from, the baseline first.

    Args:
        y: as in `table_methods`.
        image: bool, whether the rows are images.
    """
    names = BASELINE, "posterior", "interpolate", MULTI_VAE
    found = (*(METHODS[name] for name in names), *spreading(y, image))
    return found if image else (*found, *learning_methods(y))


def learning_methods(y):
    """Returns the ways in which unlabelled rows teach a classifier of a table.

    Args:
        y: int array (N,) of class indices, -1 = unlabelled; without such rows there
            are none of these methods.
    """
    some = (np.asarray(y) < 0).any()
    return tuple(METHODS[name] for name in CLASSIFIERS) if some else ()


def spreading(y, image):
    """Returns (`propagate`,) where y (N,) has unlabelled rows, -1, else ()."""
    # Labels reach images unlike those that are labelled: as many draws as there are of
    # these would show few of them.
    method = dataclasses.replace(METHODS[PROPAGATE], least=1000 if image else 0)
    return (method,) if (np.asarray(y) < 0).any() else ()
