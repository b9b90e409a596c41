"""A search with KerasTuner: the VAE, or the way to augment; and was it worth it?

    python -m recipes.search                          # digits, ELBO, 20 trials; 2 min
    python -m recipes.search --data proben1/card1 --objective score  # 2 min
    python -m recipes.search --data data.csv --target y --objective score
    python -m recipes.search --quick          # a check that everything runs; 15 s

The deck has no number for it. `elbo` searches the VAE (networks, latent dimension,
beta, training) by the ELBO of rows held out; `score` searches the way to augment
(sampler, VAE, amount, filter) by cross-validation inside the labelled rows. A quarter
of the training rows, and the seeds from 1000 up, take no part: there the winner is
compared with the defaults. Test rows are never looked at. Writes trials.csv,
importance.csv, comparison.csv, trials.png and settings.json to --out. A search that was
stopped goes on with the same command. One on many machines is the same command with a
role, and a folder that all machines see:

    python -m recipes.search --out shared/search --role chief --address 10.0.0.1:8123
    python -m recipes.search --out shared/search --role one --address 10.0.0.1:8123

Or, by score, the trials of `random` and `grid` are cells on a Dask cluster: --cluster.
"""

import dataclasses
import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from recipes import common, reports


@dataclass(frozen=True)
class Config:
    data: str = "digits"
    """A data set that kvae.load knows, or a CSV, Parquet or Excel file."""
    target: str | None = None
    """Of a file: the column with the classes."""
    objective: Literal["elbo", "score"] = "elbo"
    """What is searched: the VAE, by its ELBO, or the way to augment, by its score."""
    tuner: Literal["random", "bayesian", "hyperband", "grid"] = "random"
    """KerasTuner's."""
    trials: int = 20
    """How many, with the defaults as the first; Hyperband decides itself."""
    shots: int | None = None
    """Labelled rows per class, for `score`; by default 5 of images, all of tables."""
    convolutions: bool = False
    """Whether `elbo` tries convolutional networks for images, too; they take longer."""
    seeds: int = 10
    """Seeds of the comparison with the defaults, from 1000 up."""
    seed: int = 0
    """Of the search."""
    role: str | None = None
    """On many machines: chief, or a name of a worker's own, such as worker-1."""
    address: str = "127.0.0.1:8123"
    """host:port of the chief."""
    patience: float = 600.0
    """Seconds that a worker waits for a chief."""
    cluster: str | None = None
    """Address of a Dask scheduler whose workers score the trials, or `local`."""
    tensorboard: bool = False
    """Log trials for TensorBoard's HParams, to --out/tensorboard."""
    data_dir: Path | None = None
    """Folder of prepared tfds data; by default TFDS_DATA_DIR."""
    out: Path | None = None
    """Output folder, by default out/search/<data>_<objective>; of many machines, one
    that all of them see."""
    quick: bool = False
    """Three trials of few steps: a check that everything runs."""


QUICK = {"trials": 3, "seeds": 2}
SHARE = 0.25  # of the training rows: for the comparison
FIRST_SEED = 1000
# What may differ between processes of one search, and between calls that go on.
_FREE = {
    "address",
    "cluster",
    "data_dir",
    "out",
    "patience",
    "role",
    "seeds",
    "tensorboard",
}
_FREE |= {"trials"}  # a search may go on beyond its end


@dataclass(frozen=True)
class Problem:
    """What is searched on: training rows, without those of the comparison.

    x: float32 array (N, ...); y: int array (N,), all labels; development: bool array
    (N,); drawn: function, seed -> int array of the rows that are labelled; schema: of
    a file's table, else None; name: str.
    """

    name: str
    x: object
    y: object
    development: object
    drawn: object
    schema: tuple | None = None

    @property
    def is_image(self):
        """bool: whether rows are images."""
        return self.x.ndim == 4


def main(config):
    from kvae import quiet

    _check(config)
    config = dataclasses.replace(config, out=_out(config))
    quiet.start_tensorflow()
    role = _role(config)
    if role is not None and not role.is_chief:
        role.wait_for_chief(config.patience)
    problem = _problem(config)
    from kvae.tuning import make_tuner, trials_table

    hypermodel = _hypermodel(config, problem)
    _remember(config, _digest(problem))
    tuner = make_tuner(
        config.tuner,
        hypermodel,
        trials=config.trials,
        directory=config.out.resolve(),
        name="trials",
        seed=config.seed,
        **_resources(config),
    )
    watch = None
    if role is not None and not role.is_chief:
        watch = role.watch_chief(config.patience)
    elif role is not None:
        print(f"chief     listens on {role.address}; start workers now", flush=True)
    if config.cluster is not None:
        _score_on_cluster(config, problem, hypermodel)
    arguments, callbacks = _rows(config, problem), []
    if config.tensorboard:
        import keras

        callbacks = [keras.callbacks.TensorBoard(config.out / "tensorboard")]
    tuner.search(
        *arguments["args"], **arguments["kwargs"], callbacks=callbacks, verbose=0
    )
    if watch is not None:
        watch.set()
        print(f"{role.name} is done; the chief writes the results")
        return
    table = trials_table(tuner)
    _write(config, problem, hypermodel, tuner=tuner, table=table)


def _score_on_cluster(config, problem, hypermodel):
    """Scores all trials that the search will ask for, as cells of a store."""
    values = hypermodel.draw(config.tuner, config.trials, config.seed)
    store = config.out / "scores.jsonl"
    grid = common.StoreConfig(cluster=config.cluster)
    errors = hypermodel.score_elsewhere(
        values,
        _digest(problem),
        run=lambda bundles: common.run_bundles(bundles, store, grid, unit="trial"),
    )
    for key, error in errors.items():
        print(f"Failed there, tried again here: {key}\n{error}")


def _role(config):
    """Returns who this process is, and tells KerasTuner; None on one machine."""
    from kvae.tuning import Role

    if config.role is None:
        return Role.from_environment()
    role = Role(config.role, config.address)
    role.take()
    return role


def _check(config):
    """Mistakes are found before anything is trained."""
    from kvae.checks import expect_count

    for name, least in (("trials", 1), ("seeds", 2)):
        expect_count(f"--{name}", getattr(config, name), least)
    if config.shots is not None:
        expect_count("--shots", config.shots, 2)
    is_elbo = config.objective == "elbo"
    for flag, given, wants in (
        ("target", config.target is not None and not _is_file(config), "a file"),
        ("shots", config.shots is not None and is_elbo, "--objective score"),
        ("cluster", config.cluster is not None and is_elbo, "--objective score"),
        (
            "cluster",
            config.cluster is not None and config.tuner not in ("random", "grid"),
            "--tuner random or grid, whose trials do not wait for each other's scores",
        ),
        (
            "cluster",
            config.cluster is not None and config.role is not None,
            "one process: roles are KerasTuner's way to many machines",
        ),
        ("convolutions", config.convolutions and not is_elbo, "--objective elbo"),
        (
            "tuner hyperband",
            config.tuner == "hyperband" and not is_elbo,
            "epochs, elbo",
        ),
    ):
        if given:
            raise ValueError(f"--{flag} goes with {wants}. Leave it out.")
    if _is_file(config) and config.target is None:
        raise ValueError("--data expects --target with a file: the column of classes.")


def _digest(problem):
    """Returns what tells the rows and labels of a problem from others."""
    import numpy as np

    state = hashlib.blake2b(np.ascontiguousarray(problem.x), digest_size=8)
    state.update(np.ascontiguousarray(problem.y))
    return state.hexdigest()


def _out(config):
    data = Path(config.data).stem if _is_file(config) else config.data
    name = f"{data}_{config.objective}".replace("/", "_")
    return config.out or Path("out", "search", name)


def _is_file(config):
    return bool(Path(config.data).suffix)


def _remember(config, digest):
    """Refuses a folder that holds another search."""
    record = {
        name: value
        for name, value in dataclasses.asdict(config).items()
        if name not in _FREE
    }
    record["rows"] = digest
    path = config.out / "search.json"
    if path.is_file():
        try:
            there = json.loads(path.read_text())
        except ValueError as error:
            raise ValueError(
                f"{path} is damaged ({error}). Remove {config.out}, or name another "
                "--out."
            ) from error
        odd = sorted(k for k in record if there.get(k) != record[k])
        if odd:
            changed = ", ".join(
                "of other rows" if k == "rows" else f"--{k} {there.get(k)!r} there"
                for k in odd
            )
            raise ValueError(
                f"--out expects a folder of its own for each search. {config.out} "
                f"holds another one ({changed}). Name another --out, or remove it."
            )
        return
    config.out.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}")
    part.write_text(json.dumps(record, indent=2) + "\n")
    os.replace(part, path)  # chief and workers write the same, whole


def _problem(config):
    import numpy as np

    from kvae.data.labels import held_out

    if _is_file(config):
        return _problem_of_file(config)
    import kvae
    from kvae.preprocessing import Table

    source = kvae.load(config.data, config.data_dir)
    (x, y), schema = source.train, None
    development = held_out(y, SHARE, seed=0)
    if not source.is_image and config.objective == "elbo":
        frame = source.attributes()  # as recipes.export_decoder takes it
        table = Table(frame[~development])
        x, schema = table.transform(frame), table.schema
    elif not source.is_image:
        x = _in_units(x, ~development)
    shots = config.shots or (5 if source.is_image else None)
    drawn = _draws(y, np.flatnonzero(~development & (y >= 0)), shots)
    x = x.astype("float32")
    return Problem(source.name, x, y, development, drawn, schema=schema)


def _in_units(x, fitted):
    """Returns a table in standard units of some of its rows."""
    from sklearn.preprocessing import StandardScaler

    return StandardScaler().fit(x[fitted]).transform(x)


def _problem_of_file(config):
    import numpy as np

    from kvae.cli.cells import Reading
    from kvae.cli.table_file import read_table
    from kvae.cli.target_column import expect_target
    from kvae.data.labels import class_names_and_indices, held_out
    from kvae.preprocessing import Table

    read = read_table(config.data, reading=Reading(config.target))
    frame = read.learned
    for note in read.notes + expect_target(frame, config.target, who="--target"):
        print(f"Note: {note}.")
    _, y = class_names_and_indices(frame[config.target], None)
    inputs = frame.drop(columns=config.target)
    development = held_out(y, SHARE, seed=0)
    table = Table(inputs[~development])
    drawn = _draws(y, np.flatnonzero(~development & (y >= 0)), config.shots)
    name = Path(config.data).name
    x = table.transform(inputs)
    return Problem(name, x, y, development, drawn, schema=table.schema)


def _draws(y, rows, shots):
    """Returns a function: seed -> rows that are labelled, `shots` of each class."""
    import numpy as np

    from kvae import random

    def drawn(seed):
        if shots is None:
            return rows
        chosen = []
        for label in np.unique(y[rows]):
            of_class = rows[y[rows] == label]
            order = random.generator(seed, "few_shot", int(label)).permutation(of_class)
            chosen.append(order[:shots])
        return np.sort(np.concatenate(chosen))

    return drawn


def _labelled(problem, seed):
    """Returns (x, y) of a search by score; all but the drawn rows are unlabelled."""
    import numpy as np

    kept = ~problem.development
    y = np.full(len(problem.y), -1)
    drawn = problem.drawn(seed)
    y[drawn] = problem.y[drawn]
    return problem.x[kept], y[kept]


def _hypermodel(config, problem):
    from kvae.training.budget import Budget
    from kvae.tuning import AugmentationHyperModel, BetaVAEHyperModel

    if config.objective == "elbo":
        families = ("dense", "conv") if config.convolutions else ("dense",)
        return BetaVAEHyperModel(
            problem.x.shape[1:],
            schema=problem.schema,
            families=families,
            seed=config.seed,
        )
    budget = Budget(repeats=1, latent_dim=8 if problem.is_image else 2)
    if config.quick:
        budget = Budget(repeats=1, folds=2, steps=20, vae_steps=20)
    if config.cluster is not None:
        from recipes.cells.search import ScoredElsewhere

        return ScoredElsewhere(
            *_labelled(problem, config.seed),
            budget=budget,
            seed=config.seed,
            unlabelled=-1,
        )
    return AugmentationHyperModel(
        *_labelled(problem, config.seed), budget=budget, seed=config.seed, unlabelled=-1
    )


def _resources(config):
    """Returns the arguments of a tuner that say how much a trial may take."""
    if config.tuner != "hyperband":
        return {}
    return {"max_epochs": 2 if config.quick else 20, "factor": 3}


def _rows(config, problem):
    """Returns the arguments of the search: rows to train on and to compare by."""
    if config.objective == "score":
        return {"args": (), "kwargs": {}}
    import numpy as np

    from kvae.data.labels import held_out

    x = problem.x[~problem.development]
    validation = held_out(np.zeros(len(x), int), SHARE, seed=1)
    kwargs = {"validation_data": (x[validation],)}
    if config.quick:
        kwargs["epochs"] = 1
    return {"args": (x[~validation],), "kwargs": kwargs}


def _write(config, problem, hypermodel, tuner, table):
    """Writes and prints what was found, and whether it was worth it."""
    import keras_tuner

    from kvae.resampling.settings_file import Searched
    from kvae.tuning import active_values, importance
    from kvae.tuning.comparison import as_sentence

    table.to_csv(config.out / "trials.csv", index=False)
    failed = table[table["score"].isna()]
    for _, row in failed.iterrows():
        print(f"trial {row['trial']} failed: {row['failure']}")
    if len(failed) == len(table):
        raise ValueError("Every trial has failed; the lines above say why.")
    # Of equal ones the first: the defaults, where they are among them.
    best = tuner.oracle.get_trial(table["trial"].iloc[0])
    mattered = importance(table, config.seed)
    mattered.to_csv(config.out / "importance.csv")
    default = keras_tuner.HyperParameters()
    hypermodel.build(default)
    pair = {"default": default, "winner": best.hyperparameters}
    same = active_values(default) == active_values(best.hyperparameters)
    first = tuner.oracle.get_trial(tuner.oracle.start_order[0])
    settings = _trained_settings(config, hypermodel, best)
    default_settings = hypermodel.settings(default)
    if active_values(first.hyperparameters) == active_values(default):
        default_settings = _trained_settings(config, hypermodel, first)
    of_both = {"default": default_settings, "winner": settings}
    compared, unit = _compare(config, problem, hypermodel, pair, of_both)
    compared.to_csv(config.out / "comparison.csv")
    method = None
    if config.objective == "score":
        method = hypermodel.method(best.hyperparameters)
    sentence = as_sentence(compared, unit, same)
    about = {
        "data": problem.name,
        "objective": config.objective,
        "trials": len(table),
        # KerasTuner scores the best epoch: so many steps the trial has trained.
        "hyperparameters": {
            **active_values(best.hyperparameters),
            "steps": settings.steps,
        },
        "comparison": sentence,
        "revision": common.revision(),
    }
    path = config.out / "settings.json"
    Searched(settings, method, about).write(path)
    figure = _draw(config, table, mattered)
    print(f"\n{problem.name}: {len(table)} trials, {len(failed)} failed")
    print(f"best of them, by {config.objective} of the search: {best.score:.4f}\n")
    for name, value in about["hyperparameters"].items():
        value = f"{value:.4g}" if isinstance(value, float) else value
        print(f"  {name:22} {value}")
    if len(mattered):
        print("\nWhat mattered (a hint, from few trials):\n")
        print(mattered.round(3).to_string())
    print(f"\nOn rows and seeds that the search has not seen:\n{sentence}\n")
    print(f"figure    {figure}\nsettings  {path}\n\nUse them:")
    commands = _commands(config, path, method)
    print("\n".join(f"  {line}" for line in commands))
    page = reports.of_results(
        config.out,
        f"{problem.name}: is a searched {config.objective} better than the default?"
        f"\n{__doc__}",
        answer=sentence,
        commands=[("Use what was found", "\n".join(commands))],
    )
    print(f"\nreport    {page}")


def _trained_settings(config, hypermodel, trial):
    """Returns the VAESettings that a trial was trained with."""
    if config.objective == "score":
        return hypermodel.settings(trial.hyperparameters)
    return hypermodel.trained_settings(trial)


def _compare(config, problem, hypermodel, pair, settings_of):
    """Returns (DataFrame of the comparison, what its numbers are)."""
    import numpy as np

    from kvae.tuning import compare_elbo, compare_scores

    seeds = range(FIRST_SEED, FIRST_SEED + config.seeds)
    print("comparing winner and default on rows held apart ...", flush=True)
    if config.objective == "score":
        trials = {
            name: (hypermodel.method(hp), hypermodel.trial_budget(hp))
            for name, hp in pair.items()
        }
        return (
            compare_scores(
                trials,
                problem.x,
                problem.y,
                np.flatnonzero(problem.development),
                [problem.drawn(seed) for seed in seeds],
                seeds,
            ),
            "of weighted F1",
        )
    trials = {}
    for name, hp in pair.items():
        arguments = {}
        if problem.schema is not None:
            learn = hp.get("learn_variance")
            arguments = {"schema": problem.schema, "learn_variance": learn}
        settings = settings_of[name]
        if config.quick:
            settings = dataclasses.replace(settings, steps=20)
        trials[name] = (settings, arguments)
    kept, apart = ~problem.development, problem.development
    table = compare_elbo(trials, problem.x[kept], problem.x[apart], seeds)
    return table, "nats per row"


def _draw(config, table, mattered):
    """Saves the scores of all trials against what mattered most."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    from kvae import plots

    hyperparameters = [c for c in table if c not in ("trial", "score", "failure")]
    names = list(mattered.index[:6]) or hyperparameters[:6]
    rows, columns = -(-len(names) // 3), min(3, len(names))
    figure, axes = plt.subplots(
        rows,
        columns,
        figsize=(4 * columns, 3.2 * rows),
        layout="constrained",
        squeeze=False,
        sharey=True,
    )
    for ax in axes.flat[len(names) :]:
        ax.set_visible(False)
    plots.plot_trials(table, names, axes.flat[: len(names)], config.objective)
    path = config.out / "trials.png"
    figure.savefig(path, dpi=120)
    plt.close(figure)
    return path


def _commands(config, path, method):
    """Returns what uses what was found: commands, or lines of Python."""
    if _is_file(config):
        lines = [
            f"kvae augment {config.data} --target {config.target} --settings {path}"
        ]
        if method is not None and method.amount != 1:
            lines.append(
                f"(--rows N beside it: here {method.amount:g} new rows for each real "
                "one were best)"
            )
        return lines
    if config.objective == "score":
        return [
            "from kvae.resampling.settings_file import read_searched",
            f"arguments = read_searched({str(path)!r}).sampler_arguments()",
            "kvae.VAEOverSampler(**arguments).fit_resample(x, y)",
        ]
    export = f"python -m recipes.export_decoder --data {config.data} --vae single"
    return [
        f"{export} --settings {path}",
        f"python -m recipes.quickstart --data {config.data} --settings {path}",
    ]


if __name__ == "__main__":
    common.run(main, Config, QUICK, description=__doc__, tensorflow=False)
