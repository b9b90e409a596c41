"""What `method="auto"` chooses among, and the rows that each of them trains on."""

import dataclasses
import warnings

import numpy as np

from kvae import random, samplers
from kvae.augmentation import rivals
from kvae.augmentation.generate import counts_like, generate
from kvae.checks import expect_at_least, expect_count, expect_one_of
from kvae.data.source import Rows

NONE = "none"
WITHOUT_VAE = (NONE, "class weights", "SMOTE", "input noise", "shifts")
VAES = ("single", "multi")


@dataclasses.dataclass(frozen=True)
class Candidate:
    """A way to train a classifier on labelled rows.

    Args:
        name: str, unique among the candidates.
        method: "none", "class weights", "SMOTE", "input noise", "shifts", or a sampler
            that `kvae.samplers.get` knows.
        vae: "single" (one VAE of all rows) or "multi" (one for each class); None for
            methods without a VAE.
        generative_classifier: bool, whether one filters the draws.
        amount: float > 0, generated rows for each real one.
        least: int, generated rows per class at least.
        share: float in (0, 1), of generated rows in a batch, or in the sum of weights.

    Raises:
        ValueError: for an unknown method, a sampler without its kind of VAE, or numbers
            out of range.
    """

    name: str
    method: str = NONE
    vae: str | None = None
    generative_classifier: bool = False
    amount: float = 1.0
    least: int = 0
    share: float = 0.5

    def __post_init__(self):
        if self.method not in WITHOUT_VAE:
            samplers.get(self.method)
            expect_one_of(f"vae of Candidate {self.name!r}", self.vae, VAES)
        expect_at_least("amount of Candidate", self.amount, 0)
        expect_count("least of Candidate", self.least)
        if not 0 < self.share < 1:
            raise ValueError(
                "share of Candidate expects a number between 0 and 1. "
                f"Received: {self.share!r}."
            )

    def rows(self, labelled, unlabelled, vaes, judge, seed, places):
        """Returns what a classifier is trained on.

        Args:
            labelled: Rows.
            unlabelled: float array (M, ...), rows without a label.
            vaes: dict {"single": BetaVAE, "multi": MultiVAE}; only the own is used.
            judge: GenerativeClassifier, or None.
            seed: int.
            places: int, generated places of all batches, for methods that make a new
                row for each.

        Returns:
            (real Rows, generated Rows or None, share).
        """
        seed = random.derive(seed, "candidate", self.name)
        if self.method == NONE:
            return labelled, None, self.share
        if self.method == "class weights":
            return rivals.balanced(labelled, seed), None, self.share
        if self.method == "input noise":
            return labelled, rivals.noisy_copies(labelled, seed, places), self.share
        if self.method == "shifts":
            return labelled, rivals.moved_copies(labelled, seed, places), self.share
        n = {
            c: max(1, self.least, round(self.amount * m))
            for c, m in counts_like(labelled.y).items()
        }
        if self.method == "SMOTE":
            return labelled, rivals.smote(labelled, seed, n), self.share
        sampler = samplers.get(self.method)
        x, y = labelled
        if sampler.uses_unlabelled:
            x = np.concatenate([x, unlabelled])
            y = np.concatenate([y, np.full(len(unlabelled), -1)])
        with warnings.catch_warnings():
            # A filter may leave a class short: then there are fewer rows to judge by.
            warnings.filterwarnings("ignore", "The generative classifier accepted")
            return labelled, self._draw(x, y, sampler, n, seed, vaes, judge), self.share

    def _draw(self, x, y, sampler, n, seed, vaes, judge):
        new = generate(
            vaes[self.vae],
            x,
            y,
            sampler,
            n,
            seed,
            unlabelled=-1,
            generative_classifier=judge if self.generative_classifier else None,
        )
        return Rows(new.x, new.y) if len(new) else None


def table_candidates(y):
    """Returns the candidates for a table, "none" first.

    Args:
        y: int array (N,) of class indices, -1 = unlabelled. Class weights stand among
            them where classes differ in size, `propagate` where there are unlabelled
            rows.
    """
    counts = counts_like(y)
    found = [Candidate(NONE)]
    if len(set(counts.values())) > 1:
        found.append(Candidate("class weights", "class weights"))
    found += [
        Candidate("SMOTE", "SMOTE"),
        Candidate("input noise", "input noise"),
        Candidate("Single-VAE: posterior", "posterior", "single"),
        Candidate("Single-VAE: interpolate", "interpolate", "single"),
        Candidate("Multi-VAE", "normal", "multi"),
        Candidate("Multi-VAE, filtered", "normal", "multi", True),
        Candidate("Multi-VAE, three times", "normal", "multi", amount=3.0),
        Candidate("Multi-VAE, a quarter", "normal", "multi", share=0.25),
    ]
    return (*found, *spreading(y, image=False))


def image_candidates(y):
    """Returns the candidates for images, "none" first; `y` as in `table_candidates`."""
    return (
        Candidate(NONE),
        Candidate("shifts and rotations", "shifts"),
        Candidate("extrapolate", "extrapolate", "single"),
        *spreading(y, image=True),
    )


def spreading(y, image):
    """Returns (`propagate`,) where y (N,) has unlabelled rows, -1, else ()."""
    # Labels reach images unlike those that are labelled: as many draws as there are of
    # these would show few of them.
    own = Candidate("propagate", "propagate", "single", least=1000 if image else 0)
    return (own,) if (np.asarray(y) < 0).any() else ()
