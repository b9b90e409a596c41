import json
import sys
from dataclasses import dataclass
from types import SimpleNamespace

import pytest

from recipes import common


@dataclass(frozen=True)
class Config:
    seeds: int = 10
    shots: int = 5
    quick: bool = False


def run(monkeypatch, main, *flags):
    monkeypatch.setattr(sys, "argv", ["recipe", *flags])
    common.run(main, Config, {"seeds": 2}, "A recipe.")


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


def test_a_record_says_how_to_do_it_again(tmp_path):
    common.write_record(tmp_path / "run.json", Config(seeds=3), Config())
    record = json.loads((tmp_path / "run.json").read_text())
    assert record["config"]["seeds"] == 3
    assert set(record) == {"config", "settings", "versions", "python", "revision"}


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
