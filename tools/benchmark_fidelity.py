"""How good generated rows are, beside SMOTE, TVAE, CTGAN and a Gaussian copula.

    python -m tools.benchmark_fidelity --rivals ENV/bin/python  # 2 hours on 2 cores
    python -m tools.benchmark_fidelity --tables data.csv --target y
    python -m tools.benchmark_fidelity --shots 20 --rivals ENV/bin/python
    python -m tools.benchmark_fidelity --quick                  # a minute

Everyone generates as many rows as PROBEN1's tables (training part) and two made ones
have, with its defaults. ENV holds `tools/rivals/requirements.txt`: SDV asks for another
pandas than kvae, so that it runs in an environment and a process of its own, which also
computes SDMetrics' quality report. Judges (logistic regression, random forest) learn
from generated rows and are scored on rows that nobody learned from (weighted F1); the
gain is what real and generated rows, half of the weight each, give above real rows
alone. Of columns the worst one counts. "kvae, relations" is told which columns belong
together and which have an order. What is finished is not made again: generated rows and
their scores are files in --out.
"""

import json
import subprocess
import time
import warnings
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from recipes import common
from tools import timing
from tools.fidelity import tables

PRINTED = {
    "quality": "quality",
    "new_linear": "linear",
    "new_forest": "forest",
    "gain_linear": "gain linear",
    "gain_forest": "gain forest",
    "detection": "detection",
    "worst_spike": "spikes off",
    "in_gaps": "in gaps",
    "on_grid": "on grid",
    "impossible_dates": "no dates",
    "unseen_pairs": "unseen pairs",
    "broken_orders": "broken orders",
    "exact_copies": "copies",
    "seconds": "seconds",
}


@dataclass(frozen=True)
class Config:
    tables: tuple[str, ...] = (*tables.PROBEN1, *tables.MADE)
    """Names of PROBEN1's tables, "people", "claims", or CSV files."""
    target: str = "target"
    """The column of classes of CSV files."""
    shots: int | None = None
    """Labelled rows per class to learn from; by default all."""
    seeds: int = 5
    """How many seeds."""
    first_seed: int = 0
    """The first of them."""
    development: bool = False
    """Judge on PROBEN1's validation part, to choose settings by."""
    rivals: Path | None = None
    """The Python of the rivals' environment; without it only SMOTE is there."""
    out: Path = Path("out/fidelity")
    """Where generated rows, scores and the tables are written."""
    quick: bool = False
    """One made table of 200 rows, one seed, few steps."""


def main(config):
    cells = {
        (name, seed): config.out / f"{tables.short_name(name)}" / f"{seed:04d}"
        for name in (("people",) if config.quick else config.tables)
        for seed in range(config.first_seed, config.first_seed + config.seeds)
        if not config.quick or seed == config.first_seed
    }
    with common.progress(len(cells), "Tables and seeds", "table") as bar:
        for (name, seed), folder in cells.items():
            make_rows(config, name, seed, folder)
            bar.update()
    if config.rivals is not None:
        ask(config, "generate", *_rival_names())
        ask(config, "quality")
    scores = [
        {"table": tables.short_name(name), "seed": seed, **row}
        for (name, seed), folder in cells.items()
        for row in scored(seed, folder)
    ]
    scores = pd.DataFrame(scores)
    scores.to_csv(config.out / "scores.csv", index=False)
    show(config, scores)


def make_rows(config, name, seed, folder):
    """Writes the table's parts and everyone's rows but the rivals'."""
    from tools.fidelity.generators import GENERATORS

    folder.mkdir(parents=True, exist_ok=True)
    problem = tables.load(
        name,
        seed,
        target=config.target,
        shots=config.shots,
        development=config.development,
    )
    if config.quick:
        problem = problem._replace(train=problem.train[:200])
    for part in ("train", "held_out"):
        getattr(problem, part).to_csv(folder / f"{part}.csv", index=False)
    words = [
        column
        for column in problem.train
        if not pd.api.types.is_numeric_dtype(problem.train[column])
    ]
    metadata = {"seed": seed, "words": words, "target": problem.target}
    (folder / "metadata.json").write_text(json.dumps(metadata))
    problem = read_problem(folder)
    for who, generate in GENERATORS.items():
        if (folder / f"{who}.json").exists():
            continue
        quick = {"steps": 50} if config.quick and who == "kvae" else {}
        start = time.perf_counter()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            rows = generate(problem, seed, **quick)
        facts = {"seconds": time.perf_counter() - start}
        if rows is not None:
            rows.to_csv(folder / f"{who}.csv", index=False)
        (folder / f"{who}.json").write_text(json.dumps(facts))


def read_problem(folder):
    """Returns the Problem of a table and a seed, as everyone gets it: from files."""
    target = json.loads((folder / "metadata.json").read_text())["target"]
    return tables.Problem(read(folder, "train"), read(folder, "held_out"), target)


def read(folder, name):
    """Returns a table whose columns of words are words, whatever the words are."""
    words = json.loads((folder / "metadata.json").read_text())["words"]
    return pd.read_csv(folder / f"{name}.csv", dtype=dict.fromkeys(words, object))


def ask(config, command, *names):
    """Runs the rivals' program in their environment."""
    program = Path(__file__).parent / "rivals" / "sdv_rows.py"
    arguments = [str(config.rivals), str(program), command, str(config.out), *names]
    subprocess.run(arguments, check=True)


def scored(seed, folder):
    """Yields a row of scores for everyone whose rows are there."""
    from tools.fidelity.generators import GENERATORS
    from tools.fidelity.scores import score

    problem = read_problem(folder)
    for who in (*GENERATORS, *_rival_names()):
        if not (folder / f"{who}.csv").exists():
            continue
        path = folder / f"{who}.scores.json"
        if not path.exists():
            path.write_text(json.dumps(score(problem, read(folder, who), seed)))
        facts = {}
        for kind in (".json", ".scores.json", ".quality.json"):
            file = folder / f"{who}{kind}"
            facts |= json.loads(file.read_text()) if file.exists() else {}
        yield {"method": who, **facts}


def show(config, scores):
    """Writes and prints means per table, and the mean over tables with intervals."""
    from kvae import evaluation

    measures = [name for name in PRINTED if name in scores]
    means = scores.groupby(["table", "method"], sort=False)[measures].mean()
    means.to_csv(config.out / "means.csv")
    print(means.rename(columns=PRINTED).round(3).to_string(na_rep="-"))
    lines = []
    for who, part in scores.groupby("method", sort=False):
        line = {"method": who, "tables": part["table"].nunique()}
        for name in measures:
            wide = part.pivot(index="seed", columns="table", values=name)
            by_seed = wide.mean(axis=1).dropna()
            if len(by_seed):
                mean, low, high = evaluation.mean_interval(by_seed)
                line[PRINTED[name]] = f"{mean:.3f} [{low:.3f}, {high:.3f}]"
        lines.append(line)
    pooled = pd.DataFrame(lines)
    pooled.to_csv(config.out / "pooled.csv", index=False)
    print("\nMean over tables, interval over seeds:\n")
    print(pooled.to_string(index=False, na_rep="-"))


def _rival_names():
    from tools.fidelity.generators import RIVALS

    return RIVALS


if __name__ == "__main__":
    timing.run_benchmark(main, Config, {}, __doc__)
