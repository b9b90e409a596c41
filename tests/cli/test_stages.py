import io
import sys

import pytest

from kvae import progress
from kvae.cli.stages import Count, Stages, in_words, say


class Terminal(io.StringIO):
    def isatty(self):
        return True


def counted(times, total=10, seconds=None):
    count = Count(total, "splits", began=0.0, seconds=seconds)
    for now in times:
        count.add(1, now)
    return count


@pytest.mark.parametrize(
    ("times", "seconds", "now", "left"),
    [
        ([], None, 5.0, None),
        ([9.0], None, 9.0, None),  # the first says nothing of the others
        ([9.0, 11.0, 13.0], None, 13.0, (14.0, False)),
        ([9.0, 11.0, 13.0], None, 14.0, (13.0, False)),  # it counts down,
        ([9.0, 11.0, 13.0], None, 60.0, (12.0, False)),  # but not the one that is due
        ([], 60.0, 5.0, None),  # what is begun is finished, however long it takes
        ([2.0], 60.0, 2.0, (18.0, True)),
        ([9.0], 60.0, 9.0, (51.0, True)),
        ([9.0], 60.0, 70.0, (0.0, True)),
    ],
)
def test_the_time_left_is_measured_or_not_said(times, seconds, now, left):
    assert counted(times, seconds=seconds).left(now) == left


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (None, ""),
        ((1.0, False), ""),
        ((7.4, False), "about 7 s left"),
        ((43.0, False), "about 45 s left"),
        ((89.0, True), "at most 90 s left"),
        ((130.0, False), "about 2 min left"),
    ],
)
def test_words_are_no_more_precise_than_the_measurement(left, words):
    assert in_words(left) == words


def test_the_line_tells_stage_and_what_is_counted():
    stages = Stages("reading", "judging", "writing")
    stages.number = 2
    assert stages.line(12.2) == "[2 of 3] judging  12 s"
    inner, outer = counted([1.0, 2.0], total=4), counted([], total=5)
    stages._counts = [outer, inner]
    bar = "━" * 8 + "─" * 8
    assert stages.line(2.0) == f"[2 of 3] judging: splits  {bar}  2 s"
    assert stages.line(2.0 - 3.0).endswith("about 5 s left")
    outer.what = "rounds"
    for now in (10.0, 20.0):
        outer.add(1, now)
    assert "judging: rounds" in stages.line(20.0)  # it holds the others
    assert stages.line(20.0).endswith("about 30 s left")


def test_a_terminal_sees_the_stage_and_text_above_it(monkeypatch, capsys):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    stages = Stages("reading", "writing")
    with stages.at("writing"):
        assert progress.is_listened()
        say("two lines", "of text")
    assert not progress.is_listened()
    assert "[2 of 2] writing" in terminal.getvalue()
    assert terminal.getvalue().endswith("\r")  # and leaves no trace
    assert capsys.readouterr().out == "two lines\nof text\n"


def test_a_file_sees_nothing(capsys):
    with Stages("reading").at("reading"):
        assert not progress.is_listened()
    assert capsys.readouterr().err == ""


def test_the_line_goes_when_a_stage_fails(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with pytest.raises(OSError, match="full"), Stages("writing").at("writing"):
        raise OSError("full")
    assert terminal.getvalue().endswith("\r")
    assert not progress.is_listened()
