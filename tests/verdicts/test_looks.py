import numpy as np
import pandas as pd
import pytest

from kvae.verdicts.looks import last_confidence, reason_to_stop, widest
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


def test_what_earlier_looks_may_err_is_missing_at_the_last():
    assert last_confidence(1) == 0.95
    assert last_confidence(4) + 3 * 0.001 == pytest.approx(0.95)
