"""The search as a recipe: what it writes, and what it refuses."""

import gc
import json

import numpy as np
import pandas as pd
import pytest

from kvae import tuning
from kvae.cli import commands as cli
from kvae.resampling.settings_file import read_searched
from recipes import search

WRITTEN = {
    "trials.csv",
    "importance.csv",
    "comparison.csv",
    "trials.png",
    "settings.json",
    "search.json",
}


@pytest.fixture(autouse=True, scope="module")
def nothing_old_to_collect():
    """KerasTuner collects garbage before each trial: half a second of old objects."""
    gc.freeze()
    yield
    gc.unfreeze()


def config(out, **changes):
    given = {"data": "wine", "quick": True, **search.QUICK, "out": out, **changes}
    return search.Config(**given)


@pytest.fixture(scope="module")
def searched(tmp_path_factory):
    """A folder in which a quick search by ELBO is over."""
    out = tmp_path_factory.mktemp("search") / "wine"
    search.main(config(out, tensorboard=True))
    return out


@pytest.fixture
def people(tmp_path):
    stream = np.random.default_rng(0)
    yes = np.arange(60) % 2 == 1
    frame = pd.DataFrame(
        {
            "age": np.where(yes, 60, 30) + stream.integers(-5, 5, 60),
            "city": np.where(stream.random(60) < 0.7, "Bonn", "Ulm"),
            "buys": np.where(yes, "yes", "no"),
        }
    )
    frame.loc[::10, "city"] = None
    frame.loc[::15, "buys"] = None
    frame.to_csv(tmp_path / "people.csv", index=False)
    return tmp_path / "people.csv"


def test_a_quick_search_writes_its_results(searched):
    assert {path.name for path in searched.iterdir()} >= WRITTEN
    trials = pd.read_csv(searched / "trials.csv")
    assert len(trials) == 3 and trials["failure"].isna().all()
    assert trials["score"].is_monotonic_decreasing
    found = read_searched(searched / "settings.json")
    best = trials.iloc[0]
    assert found.method is None
    assert found.vae.latent_dim == best["latent_dim"]
    assert found.vae.beta == pytest.approx(best["beta"])
    assert found.about["data"] == "wine" and found.about["trials"] == 3
    comparison = pd.read_csv(searched / "comparison.csv", index_col=0)
    assert comparison.index.tolist() == ["default", "winner"]
    assert comparison["runs"].eq(2).all()
    assert (searched / "trials.png").stat().st_size > 10_000
    assert list((searched / "tensorboard").rglob("*tfevents*"))


def test_the_defaults_are_among_the_trials(searched):
    trials = pd.read_csv(searched / "trials.csv").set_index("trial")
    first = trials.loc[0]
    assert (first["latent_dim"], first["beta"]) == (2, 1.0)
    assert first["learning_rate"] == pytest.approx(1e-3)


def test_called_again_it_trains_no_trial_anew(searched, monkeypatch, capsys):
    def refused(*args, **kwargs):
        raise AssertionError

    before = (searched / "trials.csv").read_text()
    compared = pd.read_csv(searched / "comparison.csv", index_col=0)
    monkeypatch.setattr(tuning.BetaVAEHyperModel, "fit", refused)
    monkeypatch.setattr(tuning, "compare_elbo", lambda *args: compared)
    search.main(config(searched, seeds=3))
    assert (searched / "trials.csv").read_text() == before
    said = capsys.readouterr().out
    assert "wine: 3 trials, 0 failed" in said
    assert f"--settings {searched / 'settings.json'}" in said
    sentence = read_searched(searched / "settings.json").about["comparison"]
    assert sentence in said and sentence.startswith("The ")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"seed": 1}, "--seed 0 there"),
        ({"data": "digits"}, "--data 'wine' there, of other rows"),
        ({"objective": "score", "shots": 5}, "--objective 'elbo' there"),
    ],
)
def test_a_folder_of_another_search_is_refused(searched, changes, message):
    with pytest.raises(ValueError, match=f"{message}.*Name another --out"):
        search.main(config(searched, **changes))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"target": "y"}, "--target goes with a file"),
        ({"shots": 5}, "--shots goes with --objective score"),
        ({"objective": "score", "convolutions": True}, "--convolutions goes with"),
        ({"objective": "score", "tuner": "hyperband"}, "--tuner hyperband goes with"),
    ],
)
def test_a_flag_that_would_be_ignored_is_refused(tmp_path, changes, message):
    with pytest.raises(ValueError, match=message):
        search.main(config(tmp_path, **changes))


def test_a_damaged_record_is_named(tmp_path):
    (tmp_path / "search.json").write_text('{"data": "wi')
    with pytest.raises(ValueError, match="search.json is damaged.*Remove"):
        search.main(config(tmp_path))


def test_a_way_to_augment_is_found_from_few_labelled_rows(tmp_path, capsys):
    out = tmp_path / "out"
    few = {"objective": "score", "shots": 4, "trials": 2}
    search.main(config(out, **few))
    assert {path.name for path in out.iterdir()} >= WRITTEN
    trials = pd.read_csv(out / "trials.csv")
    assert trials["failure"].isna().all() and trials["score"].between(0, 1).all()
    found = read_searched(out / "settings.json")
    assert found.method.sampler == trials["sampler"].iloc[0]
    compared = pd.read_csv(out / "comparison.csv", index_col=0)
    problem = search._problem(config(out, **few))
    assert compared["runs"].eq(problem.development.sum()).all()
    assert (
        f"search has not seen:\n{found.about['comparison']}" in capsys.readouterr().out
    )


def test_rows_of_the_comparison_and_labels_that_were_not_drawn_are_not_searched_on():
    problem = search._problem(config(None, objective="score", shots=4))
    x, y = search._labelled(problem, seed=0)
    assert len(x) == (~problem.development).sum()
    assert np.bincount(y[y >= 0]).tolist() == [4, 4, 4]
    for seed in (0, 1000, 1001):
        assert not problem.development[problem.drawn(seed)].any()
    assert not np.array_equal(problem.drawn(1000), problem.drawn(1001))
    whole = search._problem(config(None))
    arguments = search._rows(config(None), whole)
    (train,), (validation,) = arguments["args"], arguments["kwargs"]["validation_data"]
    assert len(train) + len(validation) == (~whole.development).sum()
    rows = {row.tobytes() for row in [*train, *validation]}
    assert not rows & {row.tobytes() for row in whole.x[whole.development]}


def test_what_is_found_of_a_file_is_used_by_the_command_line(people, capsys):
    out = people.parent / "out"
    asked = {"data": str(people), "target": "buys", "out": out}
    search.main(config(trials=1, **asked))
    path = out / "settings.json"
    command = f"kvae augment {people} --target buys --settings {path}"
    assert command in capsys.readouterr().out
    found = read_searched(path)
    assert found.vae.reconstruction == "mixed"
    assert found.about["data"] == "people.csv"
    cli.main([*command.split()[1:], "--dry-run"])


def test_a_search_whose_trials_all_fail_says_why(tmp_path, monkeypatch, capsys):
    def fails(*args, **kwargs):
        raise MemoryError("too large")

    monkeypatch.setattr(tuning.BetaVAEHyperModel, "fit", fails)
    with pytest.raises(ValueError, match="Every trial has failed"):
        search.main(config(tmp_path / "out"))
    assert "trial 0 failed: MemoryError: too large" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"data": "table.csv"}, "--data expects --target"),
        ({"shots": 1}, "--shots expects a whole number >= 2"),
        ({"seeds": 1}, "--seeds expects a whole number >= 2"),
        ({"trials": 0}, "--trials expects a whole number >= 1"),
        ({"role": "one", "address": "here"}, "host:port of the chief"),
        ({"convolutions": True}, r"images \(H, W, C\) for convolutions"),
    ],
)
def test_mistakes_are_named_before_anything_is_trained(changes, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        search.main(config(tmp_path / "out", **changes))
    assert not (tmp_path / "out").exists()  # the mended command may use it


def test_a_search_remembers_what_it_is(searched):
    record = json.loads((searched / "search.json").read_text())
    assert record["data"] == "wine" and record["rows"]
    assert not {"out", "role", "address", "seeds", "trials"} & set(record)


@pytest.mark.slow  # two searches, and TensorFlow imported by two workers
def test_trials_scored_on_a_cluster_are_those_of_a_search_here(tmp_path):
    scores = {}
    for cluster in (None, "local"):
        out = tmp_path / str(cluster)
        search.main(config(out, objective="score", cluster=cluster))
        trials = pd.read_csv(out / "trials.csv")
        scores[cluster] = trials.drop(columns="trial")
    pd.testing.assert_frame_equal(scores[None], scores["local"], rtol=1e-4)
    stored = [json.loads(line) for line in open(tmp_path / "local" / "scores.jsonl")]
    assert len(stored) == 3 and all(record["machine"] for record in stored)


@pytest.mark.parametrize(
    ("changes", "wants"),
    [
        ({"objective": "elbo"}, "--objective score"),
        ({"objective": "score", "tuner": "bayesian"}, "--tuner random or grid"),
        ({"objective": "score", "role": "one"}, "one process"),
    ],
)
def test_a_cluster_goes_with_trials_that_wait_for_no_score(tmp_path, changes, wants):
    with pytest.raises(ValueError, match=f"--cluster goes with {wants}"):
        search.main(config(tmp_path, cluster="local", **changes))
