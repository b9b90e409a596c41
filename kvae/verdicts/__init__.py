"""Does it help? An answer instead of a score, and the choice that follows from it."""

from kvae.verdicts.cross_validation import cross_validate, cross_validate_all
from kvae.verdicts.from_rows import verdict_from_rows
from kvae.verdicts.held_out import HeldOut, compare_held_out
from kvae.verdicts.selection import Selection, select, select_all
from kvae.verdicts.splits import LabelledFolds
from kvae.verdicts.verdict import Verdict, verdict

__all__ = [
    "HeldOut",
    "LabelledFolds",
    "Selection",
    "Verdict",
    "compare_held_out",
    "cross_validate",
    "cross_validate_all",
    "select",
    "select_all",
    "verdict",
    "verdict_from_rows",
]
