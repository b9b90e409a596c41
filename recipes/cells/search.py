"""The trials of a search by score, each a cell: drawn first, scored anywhere, told."""

import tempfile

import keras_tuner

from kvae import experiments
from kvae.experiments.identity import key_of
from kvae.tuning import AugmentationHyperModel, active_values, make_tuner


def score_trial_cells(rows, seed, budget, cells, x=None, y=None):
    """Cross-validates trials.

    Args:
        rows: str, digest of x and y.
        seed: int, of the search.
        budget: Budget.
        cells: list of dicts {"values": {hyperparameter: value}}.
        x: float array (N, ...).
        y: int array (N,), -1 = unlabelled.

    Returns:
        A list of one row for each cell: its score.
    """
    model = AugmentationHyperModel(x, y, budget=budget, seed=seed, unlabelled=-1)
    found = []
    for cell in cells:
        trial = keras_tuner.HyperParameters()
        trial.values = dict(cell["values"])
        found.append([{"score": model.score(trial)}])
    return found


class ScoredElsewhere(AugmentationHyperModel):
    """An AugmentationHyperModel whose trials are scored before they are asked for.

    Only for tuners whose trials do not depend on scores: random and grid.
    """

    scores = None  # {key of values: score}; None while trials are drawn

    def score(self, hp):
        """Returns a trial's score; 0 while trials are drawn, which notes its values."""
        values = active_values(hp)
        if self.scores is None:
            self.drawn.append(values)
            return 0.0
        key = key_of(values)
        return self.scores[key] if key in self.scores else super().score(hp)

    def draw(self, tuner, trials, seed):
        """Returns the values of the trials that a search of this seed asks for."""
        self.scores, self.drawn = None, []
        with tempfile.TemporaryDirectory() as folder:
            make_tuner(
                tuner, self, trials, directory=folder, seed=seed, progress=False
            ).search(verbose=0)
        return self.drawn

    def score_elsewhere(self, values, rows, run):
        """Scores trials as bundles of one cell each.

        Args:
            values: list of dicts, from `draw`.
            rows: str, digest of the rows.
            run: function, list of Bundle -> (DataFrame of rows, errors).

        Returns:
            Dict {key: traceback} of trials that failed; the search tries them again.
        """
        what = {"rows": rows, "seed": self.seed, "budget": self.budget}
        where = {"x": self.x, "y": self.y}
        bundles = [
            experiments.Bundle(score_trial_cells, what, ({"values": each},), where)
            for each in values
        ]
        of_key = {
            next(iter(bundle.keys())): key_of(each)
            for bundle, each in zip(bundles, values, strict=True)
        }
        table, errors = run(bundles)
        self.scores = {
            of_key[row["cell"]]: row["score"] for row in table.to_dict("records")
        }
        return errors
