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
        ((0.05, 0.02, 0.08), "Augment: the new rows of 'VAE' help.", "rises", "good"),
        ((0.0, -0.008, 0.008), "Do not augment: new", "no way to augment adds", "bad"),
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
