"""Searches with KerasTuner: what a trial builds, trains and is judged by.

    hypermodel = BetaVAEHyperModel(kvae.load("digits"))
    tuner = make_tuner("random", hypermodel, trials=20, directory="out/search")
    tuner.search(x, validation_data=(x_validation,))

KerasTuner comes with the extra `search`. `recipes.search` does all of it from the
command line.
"""

try:
    import keras_tuner  # noqa: F401
except ImportError as error:
    raise ImportError(
        "kvae.tuning needs KerasTuner. Install it with pip install 'kvae[search]'."
    ) from error

from kvae.tuning.augmentation_search import AugmentationHyperModel
from kvae.tuning.comparison import compare_elbo, compare_scores
from kvae.tuning.importance import importance
from kvae.tuning.roles import Role
from kvae.tuning.stacked_search import search_stacked
from kvae.tuning.tuners import active_values, make_tuner, trials_table
from kvae.tuning.vae_search import BetaVAEHyperModel

__all__ = [
    "AugmentationHyperModel",
    "BetaVAEHyperModel",
    "Role",
    "active_values",
    "compare_elbo",
    "compare_scores",
    "importance",
    "make_tuner",
    "search_stacked",
    "trials_table",
]
