"""New rows in which columns are in the order that they have in all real rows."""

import dataclasses

import numpy as np
import pandas as pd

from kvae import random
from kvae.augmentation.generate import PROVENANCE

REDRAWS = 10
MOST_AT_ONCE = 10  # draws for each row that a class still lacks


def draw_in_order(draw, counts, rows, seed, redraws=REDRAWS):
    """Draws rows, and others for those that are out of order, if these are rejected.

    The first draws are those that there would be without a look at their order. In each
    redraw a class gets as many as it lacks, divided by the share of its draws that were
    in order so far, but at most ten times as many as it lacks.

    Args:
        draw: (dict {class index: rows}, seed) -> Generated, ordered by class.
        counts: dict {class index: rows asked for}.
        rows: TableRows or NumberRows, which say whether and what to reject.
        seed: int.
        redraws: int >= 0.

    Returns:
        (Generated, ordered by class; DataFrame with a line for each class: asked,
        drawn, accepted; or None where nothing is to be rejected). A class that could
        not be filled comes short.
    """
    if not rows.rejects:
        return draw(counts, seed), None
    drawn, accepted = dict.fromkeys(counts, 0), dict.fromkeys(counts, 0)
    kept, acceptance, lacking = [], None, dict(counts)
    for number in range(redraws + 1):
        wanted = _wanted(lacking, drawn, accepted) if number else dict(counts)
        if not wanted:
            break
        new = draw(wanted, random.derive(seed, "order", number) if number else seed)
        good = rows.in_order(new.x)
        for c in wanted:
            of_class = new.y == c
            first = np.flatnonzero(of_class & good)[: lacking[c]]
            drawn[c] += of_class.sum()
            accepted[c] += (of_class & good).sum()
            lacking[c] -= len(first)
            kept.append((new.x[first], new.y[first], new.provenance.iloc[first]))
        acceptance = _added(acceptance, new.acceptance)
    x, y, provenance = zip(*kept, strict=True)
    y = np.concatenate(y)
    order = np.argsort(y, kind="stable")
    provenance = pd.concat(provenance, ignore_index=True).astype(PROVENANCE)
    new = dataclasses.replace(
        new,
        x=np.concatenate(x)[order],
        y=y[order],
        provenance=provenance.iloc[order].reset_index(drop=True),
        acceptance=acceptance,
    )
    tally = {"asked": counts, "drawn": drawn, "accepted": accepted}
    return new, pd.DataFrame(tally)


def _wanted(lacking, drawn, accepted):
    """Returns how many rows to draw of each class that is not full."""
    wanted = {}
    for c, n in lacking.items():
        if n > 0:
            enough = n * drawn[c] / max(accepted[c], 1)
            wanted[c] = min(MOST_AT_ONCE * n, max(n, int(np.ceil(enough))))
    return wanted


def _added(before, new):
    """Returns what a generative classifier has accepted in all draws so far."""
    if before is None or new is None:
        return new
    both = before.copy()
    columns = ["drawn", "accepted"]
    both.loc[new.index, columns] += new[columns]
    return both.assign(rate=both["accepted"] / both["drawn"].replace(0, np.nan))
