import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from recipes import common


@dataclass(frozen=True)
class Config:
    seeds: int = 10
    shots: int = 5
    quick: bool = False


def run(monkeypatch, main, *flags):
    monkeypatch.setattr(sys, "argv", ["recipe", *flags])
    common.run(main, Config, {"seeds": 2}, description="A recipe.")


def test_quick_changes_defaults_and_flags_win(monkeypatch):
    seen = []
    run(monkeypatch, seen.append)
    run(monkeypatch, seen.append, "--quick")
    run(monkeypatch, seen.append, "--quick", "--seeds", "4")
    assert seen == [Config(), Config(2, 5, True), Config(4, 5, True)]


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (ValueError("no such class"), "error: no such class"),
        (FileNotFoundError("no data"), "error: no data"),
        (ModuleNotFoundError("No x."), r"error: No x\. Install what the recipes use"),
        (KeyboardInterrupt(), "interrupted; what was finished is in"),
    ],
)
def test_what_a_user_can_mend_comes_without_traceback(monkeypatch, error, message):
    def main(config):
        raise error

    with pytest.raises(SystemExit, match=message):
        run(monkeypatch, main)


def test_other_errors_keep_their_traceback(monkeypatch):
    def main(config):
        raise RuntimeError("a bug")

    with pytest.raises(RuntimeError, match="a bug"):
        run(monkeypatch, main)


@dataclass(frozen=True)
class TableConfig:
    rows: tuple[int, ...] = (2, 3)
    jobs: int = 0
    settings: Path = Path("recipes/settings/a.json")
    out: Path = Path("recipes/results/a")


def test_a_part_of_a_table_does_not_replace_the_whole(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["recipe"])
    assert common.aside(TableConfig(jobs=2)) == TableConfig(jobs=2)
    part = common.aside(TableConfig(rows=(2,)))
    assert (part.out, part.settings) == (Path("out/a"), Path("out/a/a.json"))
    assert "written to out/a" in capsys.readouterr().out
    elsewhere = TableConfig(rows=(2,), out=Path("elsewhere"))
    assert common.aside(elsewhere) == elsewhere
    monkeypatch.setattr(sys, "argv", ["recipe", "--out", "recipes/results/a"])
    assert common.aside(TableConfig(rows=(2,))) == TableConfig(rows=(2,))
    assert common.aside(Config(seeds=1)) == Config(seeds=1)


def test_a_record_says_how_to_do_it_again(tmp_path):
    common.write_record(tmp_path / "run.json", Config(seeds=3), Config())
    record = json.loads((tmp_path / "run.json").read_text())
    assert record["config"]["seeds"] == 3
    assert set(record) == {"config", "settings", "versions", "python", "revision"}


def test_a_table_says_the_command_but_not_that_nothing_was_trained(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(sys, "argv", ["recipe", "--stored", "--rows", "5"])
    results = pd.DataFrame(
        {"revision": ["b", "a"], "date": ["2026-01-02", "2026-01-01"]}
    )
    path = tmp_path / "new" / "table.csv"
    common.write_table(path, pd.DataFrame({"mean": [0.123456]}), results)
    (line,) = pd.read_csv(path).to_dict("records")
    assert (line["mean"], line["revision"], line["date"]) == (
        0.123456,
        "b a",
        "2026-01-02",
    )
    assert line["command"].endswith(" --rows 5") and "--stored" not in line["command"]


@pytest.mark.parametrize(
    "flag", [["--cluster", "10.0.0.1:1"], ["--cluster=10.0.0.1:1"]]
)
def test_what_is_written_names_no_address(monkeypatch, flag):
    monkeypatch.setattr(sys, "argv", ["recipe", *flag, "--rows", "5"])
    assert common.flags() == ["--rows", "5"]


@dataclass(frozen=True)
class StoreConfig(common.StoreConfig):
    out: Path = Path("out")
    quick: bool = False


def forget():
    for function in (common.revision, common.uncommitted):
        function.cache_clear()


@pytest.fixture
def elsewhere(monkeypatch):
    """Sets the recipes' folder; nothing is remembered of another."""
    yield lambda folder: monkeypatch.setattr(common, "HERE", folder)
    forget()


@pytest.fixture
def checkout(tmp_path, elsewhere):
    """A git checkout with the recipes' folder."""
    recipes = tmp_path / "checkout" / "recipes"
    (recipes / "results").mkdir(parents=True)
    (recipes / "common.py").write_text("first\n")
    (recipes / "results" / "store.jsonl").write_text("first\n")
    elsewhere(recipes)
    name = ["-c", "user.name=a", "-c", "user.email=a@b.c"]
    for command in (["init", "-q"], ["add", "."], [*name, "commit", "-q", "-m", "a"]):
        subprocess.run(["git", *command], cwd=recipes.parent, check=True)
    return recipes


def store(monkeypatch, tmp_path, *flags):
    ran = []
    argv = ["recipe", *flags, "--out", str(tmp_path / "out")]
    monkeypatch.setattr(sys, "argv", argv)
    forget()
    common.run(ran.append, StoreConfig, {}, description="A table.", tensorflow=False)
    return ran


def test_committed_code_may_store_whatever_the_results_are(
    checkout, monkeypatch, tmp_path
):
    (checkout / "results" / "store.jsonl").write_text("first\nsecond\n")
    (checkout / "README.md").write_text("Words change no result.")
    assert store(monkeypatch, tmp_path)
    assert re.fullmatch("[0-9a-f]{7}", common.revision())


@pytest.mark.parametrize("name", ["common.py", "new.py"])
def test_code_that_is_not_committed_may_not_store(
    checkout, monkeypatch, tmp_path, name
):
    (checkout / name).write_text("changed\n")
    with pytest.raises(SystemExit, match="error: A stored result expects code that is"):
        store(monkeypatch, tmp_path)
    assert store(monkeypatch, tmp_path, "--quick")
    assert store(monkeypatch, tmp_path, "--stored")
    assert store(monkeypatch, tmp_path, "--allow-dirty")
    first = common.revision()
    commit, dirty, digest = first.split("-")
    assert dirty == "dirty"
    difference = (tmp_path / "out" / f"uncommitted-{digest}.diff").read_text()
    assert "changed" in difference
    (checkout / name).write_text("changed again\n")
    assert store(monkeypatch, tmp_path, "--allow-dirty")
    assert common.revision() not in (first, commit)


def test_there_is_code_without_git(monkeypatch, tmp_path, elsewhere):
    (tmp_path / "common.py").write_text("")
    elsewhere(tmp_path)
    assert store(monkeypatch, tmp_path)
    assert common.revision() == "unknown"


def test_bars_follow_the_steps():
    bar = SimpleNamespace(n=0, update=lambda steps: setattr(bar, "n", bar.n + steps))
    callback = common.step_progress(bar)
    for batch in (49, 99):
        callback.on_train_batch_end(batch)
        assert bar.n == batch + 1


def test_bars_are_quiet_where_nobody_looks(capsys):
    with common.progress(10, "Steps", "step") as bar:
        bar.update(10)
    assert capsys.readouterr() == ("", "")
