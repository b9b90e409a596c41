"""Calls are of built-in functions, which every worker can find."""

import multiprocessing
import time

import pytest

from kvae.bulk.crew import Crew, LostWorkerError


@pytest.fixture
def left_behind():
    """Returns what has been started since, and lives: other tests have workers, too."""
    before = set(multiprocessing.active_children())
    return lambda: set(multiprocessing.active_children()) - before


def test_every_call_is_answered_by_as_many_workers_as_there_may_be(left_behind):
    calls = [(eval, ("__import__('os').getpid()",)) for _ in range(6)]
    calls += [(eval, ("__import__('time').sleep(1) or __import__('os').getpid()",))] * 2
    with Crew(2) as crew:
        found = list(crew.results(calls))
    assert len(found) == 8
    assert len(set(found)) == 2
    assert not left_behind()


def test_a_worker_that_is_killed_is_replaced_and_its_call_made_again(tmp_path):
    once = f"""(lambda path: path.exists() or (path.touch(),
    __import__('os').kill(__import__('os').getpid(), 9)))(
    __import__('pathlib').Path({str(tmp_path / "tried")!r}))"""
    with Crew(1) as crew:
        assert list(crew.results([(eval, (once,)), (abs, (-3,))])) == [True, 3]


def test_a_call_that_kills_every_worker_is_given_up():
    end = "__import__('os').kill(__import__('os').getpid(), 9)"
    with Crew(1) as crew, pytest.raises(LostWorkerError, match="signal 9 .out of mem"):
        list(crew.results([(eval, (end,))]))


def test_an_error_is_the_callers_and_ends_what_others_are_at(left_behind):
    start = time.monotonic()
    with pytest.raises(ZeroDivisionError), Crew(2) as crew:
        list(crew.results([(time.sleep, (600,)), (eval, ("1 / 0",))]))
    assert time.monotonic() - start < 300
    assert not left_behind()
