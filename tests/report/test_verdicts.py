import dataclasses

import numpy as np
import pytest

from kvae.report.verdicts import answer, differences, verdict_sections
from kvae.verdicts.verdict import make_verdict


@pytest.fixture
def judged(make_intervals):
    def make(**methods):
        return make_verdict(
            make_intervals(**methods),
            0.95,
            worthwhile=0.01,
            most=1000,
            unit="labelled rows",
            settings={"folds": 5, "repeats": 2},
        )

    return make


@pytest.mark.parametrize(
    ("interval", "first", "sure", "tone"),
    [
        (
            (0.05, 0.02, 0.08),
            "Augment: the new rows of 'VAE' help.",
            "if no way to augment helped, about 5 in 100",
            "good",
        ),
        (
            (0.0, -0.008, 0.008),
            "Do not augment: new rows do not help here.",
            "added the 0.01 that would be worth having, about 5 in 100",
            "bad",
        ),
        (
            (0.005, 0.002, 0.008),
            "Do not augment: new rows help too little here.",
            "added the 0.01",
            "bad",
        ),
        ((0.0, -0.1, 0.1), "Do not augment yet", "Not sure", "open"),
    ],
)
def test_an_answer_says_what_to_do_and_how_sure_it_is(
    judged, interval, first, sure, tone
):
    sentence, reasons, found = answer(judged(VAE=interval))
    assert sentence.startswith(first) and found == tone
    assert f"{interval[1]:+.3f} to {interval[2]:+.3f}" in reasons[0]
    assert any(sure in reason for reason in reasons)
    assert any("100 labelled rows" in r and "5 folds" in r for r in reasons)


def test_who_judged_is_said_to_vary_only_where_it_does(judged, make_intervals):
    verdict = judged(VAE=(0.05, 0.02, 0.08))
    judges = make_intervals(forest=(0.05, 0.02, 0.08))
    asked_for = dataclasses.replace(verdict, judges=judges)
    assert not any("not the score of a single one" in r for r in answer(asked_for)[1])
    best = judges.assign(mean=judges["mean"] - 0.01)
    varied = dataclasses.replace(verdict, judges=best)
    assert any("not the score of a single one" in r for r in answer(varied)[1])


def test_without_a_verdict_nothing_is_claimed():
    sentence, _, tone = answer(None, "images")
    assert sentence == "Whether new images help was not measured." and tone == "open"


def test_the_sections_hold_the_sentence_and_every_method(judged):
    verdict = judged(VAE=(0.0, -0.1, 0.1), SMOTE=(0.1, -0.1, 0.3))
    (section,) = verdict_sections(verdict)
    assert section.parts[0].text == verdict.sentence
    assert "lines between neighbours" in differences(verdict).caption
    assert [row[0] for row in section.parts[1].rows] == list(verdict.table.index)
    assert "SMOTE" in differences(verdict).text
    assert not np.isnan(verdict.detectable)
