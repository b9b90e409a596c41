"""What `method="auto"` chooses among, and the rows that each of them trains on."""

import dataclasses
import warnings

import numpy as np

from kvae import random, samplers
from kvae.augmentation import rivals
from kvae.augmentation.generate import generate
from kvae.checks import expect_at_least, expect_count, expect_one_of
from kvae.data.guarded import Rows
from kvae.data.labels import counts_like

BASELINE = "real rows only"
SHIFTS = "shifts and rotations"
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
SMOTE = "SMOTE"
INPUT_NOISE = "input noise"
CLASS_WEIGHTS = "class weights"
TABLE_METHODS = (BASELINE, SMOTE, INPUT_NOISE, *SINGLE_VAE_METHODS, MULTI_VAE)
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


def generate_for(
    method,
    draw,
    seed,
    settings,
    single_vae,
    multi_vae,
    n=None,
    parameters=None,
    generative_classifier=None,
):
    """Returns what a method adds to the labelled rows of one draw.

    Args:
        method: str, one of IMAGE_METHODS or TABLE_METHODS.
        draw: FewShot.
        seed: int.
        settings: Settings.
        single_vae: BetaVAE without a replica axis.
        multi_vae: MultiVAE.
        n: int, rows per class; by default as many as there are real ones. Shifts
            and rotations and input noise make new rows for every batch instead.
        parameters: optional dict {sampler: its arguments}; of a chain, each member
            takes its own.
        generative_classifier: optional GenerativeClassifier that filters the draws of
            a VAE.

    Returns:
        Rows, or None for the baseline.
    """
    rows = draw.rows
    if method == BASELINE:
        return None
    places = settings.steps * (settings.batch_size - settings.batch_size // 2)
    if method == SHIFTS:
        return rivals.moved_copies(rows, seed, places)
    if method == INPUT_NOISE:
        return rivals.noisy_copies(rows, seed, places)
    if method == SMOTE:
        return rivals.smote(rows, seed, n)
    seed = random.derive(seed, "generate", method)
    if method == MULTI_VAE:
        vae, sampler = multi_vae, samplers.get("normal")
    else:
        vae, sampler = single_vae, make_sampler(method, parameters)
    new = generate(
        vae,
        *rows,
        sampler,
        n,
        seed,
        row_id=draw.labelled,
        generative_classifier=generative_classifier,
    )
    return Rows(new.x, new.y)


def make_sampler(method, parameters=None):
    """Returns the sampler of a method, each member with its parameters.

    Example:
        >>> make_sampler("interpolate+noise", {"noise": {"alpha": 0.1}}).samplers[1]
        Noise(alpha=0.1)
    """
    parameters = parameters or {}
    members = [
        samplers.get(name, **parameters.get(name, {})) for name in method.split("+")
    ]
    return members[0] if len(members) == 1 else samplers.get(members)
