"""`VAEOverSampler(method="auto")`: which VAE and sampler, if any."""

from kvae.augmentation.candidates import NONE, Candidate
from kvae.augmentation.cross_validation import Budget
from kvae.augmentation.selection import select

# Those of `table_candidates` that an over-sampler can be: SMOTE, class weights and
# input noise are other estimators.
CANDIDATES = (
    Candidate(NONE),
    Candidate("Single-VAE: posterior", "posterior", "single"),
    Candidate("Single-VAE: interpolate", "interpolate", "single"),
    Candidate("Multi-VAE", "normal", "multi"),
)


def choose_method(x, y, seed, budget=None):
    """Returns (method, vae, Selection); the method is None where no gain is clear.

    Candidates are judged by `select`, on the inputs of the whole table's transform, by
    plain Gaussian VAEs and kvae's MLP: a proxy for the VAE that is then trained.

    Args:
        x: float32 array (N, ...), inputs of a table, or images.
        y: int array (N,) of class indices, -1 = unlabelled.
        seed: int.
        budget: Budget; by default 5 folds, once.
    """
    budget = budget or Budget(repeats=1)
    selection = select(x, y, CANDIDATES, budget=budget, seed=seed, unlabelled=-1)
    chosen = selection.candidate
    if chosen.name not in {own.name for own in CANDIDATES[1:]}:
        return None, "single", selection
    return chosen.method, chosen.vae, selection
