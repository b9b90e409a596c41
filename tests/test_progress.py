import contextlib

import pytest

from kvae import progress


@contextlib.contextmanager
def heard(seen, total, what, seconds):
    seen.append((total, what, seconds))
    yield lambda more=1: seen.append(more)
    seen.append("over")


def test_who_listens_is_told_and_there_is_no_bar(capsys):
    seen = []
    with progress.listening(lambda *count: heard(seen, *count)):
        assert progress.is_listened()
        with progress.counted(5, "splits", verbose=True, seconds=9.0) as done:
            done()
            done(4)
    assert seen == [(5, "splits", 9.0), 1, 4, "over"]
    assert not progress.is_listened()
    assert capsys.readouterr().err == ""


def test_nobody_listens_any_more_after_an_error():
    with pytest.raises(KeyError), progress.listening(lambda *count: None):
        raise KeyError
    assert not progress.is_listened()


def test_without_a_terminal_nothing_is_shown(capsys):
    with progress.counted(2, "rounds", verbose=True) as done:
        done(2)
    assert capsys.readouterr().err == ""
