import numpy as np
import pandas as pd
import pytest

from kvae.verdicts.looks import (
    CONFIDENCE,
    INTERIM,
    LOOKS,
    last_confidence,
    reason_to_stop,
    widest,
)
from kvae.verdicts.verdict import make_verdict


def verdict_of(low, high):
    lows, highs = np.array([np.nan, low]), np.array([np.nan, high])
    table = pd.DataFrame(
        {
            "difference": (lows + highs) / 2,
            "difference_low": lows,
            "difference_high": highs,
            "runs": 60,
        },
        index=["none", "a"],
    )
    return make_verdict(table, confidence=0.999, worthwhile=0.01, most=10)


UNCLEAR = verdict_of(-0.05, 0.05)


@pytest.mark.parametrize(
    ("verdict", "widths", "ahead", "late", "reason"),
    [
        (verdict_of(0.01, 0.05), [0.04], True, True, "decided"),
        (verdict_of(-0.05, 0.0), [0.05], True, False, "decided"),
        (UNCLEAR, [0.2, 0.1, 0.097], True, False, "no longer shrinks"),
        (UNCLEAR, [0.2, 0.1, 0.09], True, False, None),
        (UNCLEAR, [0.1, 0.1], True, False, None),  # two are too few to go by
        (UNCLEAR, [0.1], True, True, "out of time"),
        (UNCLEAR, [0.1], False, False, "all repeats done"),
        # The last look is judged at its own confidence.
        (verdict_of(0.01, 0.05), [0.1], False, False, "all repeats done"),
    ],
)
def test_says_why_it_stops(verdict, widths, ahead, late, reason):
    assert reason_to_stop(verdict, widths, ahead=ahead, late=late) == reason


def test_the_widest_interval_counts():
    assert widest(UNCLEAR) == pytest.approx(0.1)


@pytest.mark.parametrize("looks", [1, 2, len(LOOKS)])
def test_all_looks_together_err_as_often_as_one_may(looks):
    errors = [INTERIM] * (looks - 1) + [1 - last_confidence(looks)]
    assert sum(errors) == pytest.approx(1 - CONFIDENCE)
