"""When the rows have been split anew often enough, and how sure each look may be."""

from kvae.verdicts.verdict import CANNOT_TELL

# How often the rows have been split anew when it is asked whether that is enough.
LOOKS = (1, 2, 5, 10)
CONFIDENCE = 0.95  # of all looks together
# Haybittle and Peto's rule: a look before the last one stops at very clear verdicts
# alone, so that the last interval is hardly wider than without any look.
INTERIM = 0.001
NARROWER = 0.95  # where an interval has not become so much narrower, it will not

DECIDED = "decided"
NO_NARROWER = "no longer shrinks"
OUT_OF_TIME = "out of time"
ALL_LOOKS = "all repeats done"


def reason_to_stop(verdict, widths, ahead, late):
    """Returns why the rows are not split anew; None where they are.

    Looks share their rows, so that they agree for the most part; stopping because the
    interval no longer shrinks, or for want of time, does not depend on the sign of a
    difference.

    Args:
        verdict: Verdict at the confidence 1 - `INTERIM`.
        widths: floats, `widest` at each look so far, the last one now.
        ahead: bool, whether another look could follow.
        late: bool, whether the time would be over before it.

    Returns:
        "decided", "all repeats done", "no longer shrinks", "out of time", or None.

    Reference:
        Haybittle 1971, Repeated Assessment of Results in Clinical Trials of Cancer
        Treatment; Peto et al. 1976, Design and Analysis of Randomized Clinical Trials
        Requiring Prolonged Observation of Each Patient.
    """
    if not ahead:
        return ALL_LOOKS
    if verdict.outcome != CANNOT_TELL:
        return DECIDED
    # The width of one repeat is a rough guess: two of them are too few to go by.
    if len(widths) > 2 and widths[-1] > NARROWER * widths[-2]:
        return NO_NARROWER
    return OUT_OF_TIME if late else None


def last_confidence(looks):
    """Returns the confidence of the last of so many looks.

    What the looks before it may err is taken from what the last one may, so that all of
    them together err in no more than 1 - `CONFIDENCE`.

    Example:
        >>> round(last_confidence(1), 3), round(last_confidence(4), 3)
        (0.95, 0.953)
    """
    return CONFIDENCE + INTERIM * (looks - 1)


def widest(verdict):
    """Returns the width of the widest interval of a verdict."""
    table = verdict.table
    return float((table["difference_high"] - table["difference_low"]).max())
