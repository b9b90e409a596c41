"""What unlabelled rows teach a classifier, on PROBEN1's few-shot cells.

    python -m tools.compare_learning           # half an hour or more on a core
    python -m tools.compare_learning --quick   # half a minute

5 to 50 labelled rows per class, the other training rows without a label. Scored is the
validation part (else the last third of the training rows): methods may be chosen by it.
Gains are weighted F1 above the same classifier on the labelled rows alone; the interval
is over seeds, of their means over all cells; worst is the lowest mean of a cell.
"""

import itertools
import time
from dataclasses import dataclass
from pathlib import Path

from recipes import common

ALONE = "real rows only"


@dataclass(frozen=True)
class Config:
    problems: tuple[str, ...] = tuple(f"proben1/{name}1" for name in common.PROBEN1)
    """Names of tables."""
    rows: tuple[int, ...] = (2, 5, 10, 20, 50)
    """Labelled rows per class."""
    classifiers: tuple[str, ...] = ("best", "random_forest", "logistic_regression")
    """What learns, as in `kvae.verdicts.judges.get_judge`; best: what is chosen from
    those that judge by default, on the labelled rows."""
    methods: tuple[str, ...] = ()
    """Ways to learn; by default all of `kvae.semi_supervised.CLASSIFIERS`."""
    seeds: int = 5
    """How many seeds."""
    first_seed: int = 1000
    """The first of them."""
    out: Path = Path("out/learning")
    """Where scores and tables are written."""
    quick: bool = False
    """One bundled data set, 20 rows per class, one seed, one classifier."""


QUICK = {
    "problems": ("breast_cancer",),
    "rows": (20,),
    "seeds": 1,
    "classifiers": ("logistic_regression",),
}


def main(config):
    import pandas as pd

    cells = list(itertools.product(config.problems, config.rows))
    scores = []
    config.out.mkdir(parents=True, exist_ok=True)
    with common.progress(len(cells), "Cells", "cell") as bar:
        for problem, shots in cells:
            scores += scores_of(config, problem, shots)
            pd.DataFrame(scores).to_csv(config.out / "scores.csv", index=False)
            bar.update()
    scores = pd.DataFrame(scores)
    summary = summarize(scores)
    summary.to_csv(config.out / "summary.csv", index=False)
    print(summary.round(3).to_string(index=False))


def scores_of(config, problem, shots):
    """Returns a line of the table for each seed, classifier and method of a cell."""
    from sklearn.metrics import f1_score
    from sklearn.preprocessing import StandardScaler

    import kvae
    from kvae.data.guarded import Rows
    from kvae.semi_supervised.candidates import CLASSIFIERS, predict_parts
    from recipes.cells.auto import few_labels
    from recipes.cells.tables import smallest_class

    source = kvae.load(problem)
    if smallest_class(source)[1] < shots:
        return []
    third = None if source.validation is not None else len(source.train.y) // 3
    source = source.development(third)
    scaler = StandardScaler().fit(source.train.x)
    with source.scoring() as test:
        held_out, true = scaler.transform(test.x).astype("float32"), test.y
    x = scaler.transform(source.train.x).astype("float32")
    seeds = list(range(config.first_seed, config.first_seed + config.seeds))
    labels = [few_labels(source, shots, seed) for seed in seeds]
    parts = [(Rows(x[y >= 0], y[y >= 0]), x[y < 0]) for y in labels]
    lines = []
    for name in config.classifiers:
        judges = [
            _judge(name, rows, s) for (rows, _), s in zip(parts, seeds, strict=True)
        ]
        arguments = [held_out] * len(seeds), judges, seeds
        for method in (ALONE, *(config.methods or CLASSIFIERS)):
            start = time.perf_counter()
            if method == ALONE:
                found = [
                    alone(judge, rows, held_out, seed)
                    for judge, (rows, _), seed in zip(judges, parts, seeds, strict=True)
                ]
            else:
                found = predict_parts(
                    method, parts, *arguments, source.num_classes, [None] * len(seeds)
                )
            seconds = (time.perf_counter() - start) / len(seeds)
            lines += [
                {
                    "data": problem,
                    "shots": shots,
                    "seed": seed,
                    "classifier": name,
                    "method": method,
                    "weighted_f1": f1_score(true, y, average="weighted"),
                    "seconds": seconds,
                }
                for seed, y in zip(seeds, found, strict=True)
            ]
    return lines


def _judge(name, labelled, seed):
    """Returns the classifier of this name, or the best on these rows."""
    from kvae.training.mlp_estimator import MLPEstimator
    from kvae.verdicts.judges import MLP, get_judge, judge_of

    if name == MLP:
        return MLPEstimator()
    return judge_of(None if name == "best" else get_judge(name), labelled, seed)


def alone(judge, labelled, held_out, seed):
    """Returns the labels that the classifier gives, from the labelled rows alone."""
    from kvae.training.classifiers import fit_estimator

    return fit_estimator(judge, seed, labelled, None, 0.5).predict(held_out)


def summarize(scores):
    """Returns the mean gain of each method over the cells, by classifier."""
    import pandas as pd

    from kvae.evaluation.statistics import mean_interval

    keys = ["classifier", "data", "shots", "seed"]
    base = scores[scores["method"] == ALONE].set_index(keys)["weighted_f1"]
    gains = scores.join(base.rename("alone"), on=keys)
    gains["gain"] = gains["weighted_f1"] - gains["alone"]
    lines = []
    for (name, method), part in gains.groupby(["classifier", "method"], sort=False):
        if method == ALONE:
            continue
        of_cells = part.groupby(["data", "shots"])["gain"].mean()
        gain, low, high = mean_interval(part.groupby("seed")["gain"].mean())
        lines.append(
            {
                "classifier": name,
                "method": method,
                "gain": gain,
                "gain_low": low,
                "gain_high": high,
                "worst": of_cells.min(),
                "spread": of_cells.std(),
                "seconds": part["seconds"].mean(),
            }
        )
    return pd.DataFrame(lines)


if __name__ == "__main__":
    common.run(main, Config, QUICK, description=__doc__)
