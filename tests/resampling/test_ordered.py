"""Rows that are out of order are drawn again, class by class."""

import types

import numpy as np
import pandas as pd
import pytest

from kvae import VAEOverSampler
from kvae.augmentation.generate import PROVENANCE, Generated
from kvae.resampling.ordered import draw_in_order
from kvae.warning_classes import TooFewRowsWarning

RNG = np.random.default_rng(0)
N = 120
START = RNG.integers(0, 50, N)
FRAME = pd.DataFrame(
    {
        "start": START,
        "end": START + RNG.integers(0, 15, N),
        "size": RNG.normal(size=N),
    }
)
LABELS = np.where(FRAME["size"] > 0, "large", "small")


def numbers(share):
    """Rows that are uniform numbers; those below a share are in order."""
    calls = []

    def draw(counts, seed):
        calls.append(counts)
        y = np.repeat(list(counts), list(counts.values()))
        x = np.random.default_rng(seed).random((len(y), 1))
        lines = pd.DataFrame({name: [pd.NA] * len(y) for name in PROVENANCE})
        return Generated(x, y, lines.assign(label=y, parent=y).astype(PROVENANCE))

    rows = types.SimpleNamespace(rejects=True, in_order=lambda x: x[:, 0] < share)
    return draw, rows, calls


@pytest.mark.parametrize("share", [1.0, 0.5, 0.05])
def test_classes_are_filled_with_rows_in_order(share):
    draw, rows, calls = numbers(share)
    new, tally = draw_in_order(draw, {0: 30, 1: 50}, rows, seed=0)
    assert (new.x < share).all() and (np.diff(new.y) >= 0).all()
    assert np.bincount(new.y).tolist() == [30, 50]
    assert new.provenance["parent"].tolist() == new.y.tolist()
    assert new.provenance.dtypes.astype(str).to_dict() == PROVENANCE
    drawn = sum(sum(counts.values()) for counts in calls)
    assert tally["drawn"].sum() == drawn and tally["asked"].tolist() == [30, 50]


def test_the_first_draws_are_those_that_are_drawn_without_a_look():
    draw, rows, _ = numbers(0.5)
    plain = draw({0: 40}, 7).x
    new, _ = draw_in_order(draw, {0: 40}, rows, seed=7)
    first = plain[plain[:, 0] < 0.5]
    np.testing.assert_array_equal(new.x[: len(first)], first)


def test_what_nothing_fills_comes_short():
    draw, rows, calls = numbers(0.0)
    new, tally = draw_in_order(draw, {0: 3}, rows, seed=0, redraws=2)
    assert len(new) == len(new.provenance) == 0
    assert [counts[0] for counts in calls] == [3, 9, 30]
    assert tally.loc[0].tolist() == [3, 42, 0]


def test_where_nothing_is_rejected_there_is_one_draw():
    draw, rows, calls = numbers(0.0)
    rows.rejects = False
    new, tally = draw_in_order(draw, {0: 3}, rows, seed=0)
    assert len(new) == 3 and tally is None and len(calls) == 1


def resampled(ordered):
    sampler = VAEOverSampler(
        sampling_strategy=150, steps=60, random_state=0, ordered=ordered
    )
    rows, labels = sampler.fit_resample(FRAME, LABELS)
    return rows.iloc[N:], labels[N:], sampler


def test_an_over_sampler_delivers_what_is_asked_for_in_order():
    plain, _, _ = resampled(None)
    new, labels, sampler = resampled("reject")
    assert (new["start"] <= new["end"]).all()
    assert pd.Series(labels).value_counts().to_dict() == {"large": 150, "small": 150}
    assert len(sampler.provenance_) == 300
    odd = int((plain["start"] > plain["end"]).sum())
    assert odd > 0
    (note,) = (note for note in sampler.relations_ if "out of order" in note)
    assert note in sampler.notes_ and "lacking" not in note
    assert int(note.split()[0]) >= odd
    kept = plain[plain["start"] <= plain["end"]]  # by an index as in the rows
    assert set(map(tuple, kept.to_numpy())) <= set(map(tuple, new.to_numpy()))
    more, _, _ = sampler.sample(40, seed=3)
    assert (more["start"] <= more["end"]).all() and len(more) == 80


def test_a_class_that_comes_short_is_named(monkeypatch):
    monkeypatch.setattr(
        "kvae.resampling.rows.TableRows.in_order",
        lambda rows, x: np.zeros(len(x), bool),
    )
    with pytest.warns(
        TooFewRowsWarning, match="in order: .*0 of 150 new rows of class"
    ):
        new, _, sampler = resampled("reject")
    assert len(new) == 0
    assert any("300 of 300 new rows are lacking" in note for note in sampler.notes_)


def test_rows_of_a_generative_classifier_are_drawn_again_as_well():
    sampler = VAEOverSampler(
        sampling_strategy=20,
        steps=40,
        random_state=0,
        ordered="reject",
        generative_classifier=0.2,
    )
    rows, _ = sampler.fit_resample(FRAME, LABELS)
    new = rows.iloc[N:]
    assert (new["start"] <= new["end"]).all() and len(new) == 40
    acceptance = sampler.acceptance_
    assert acceptance["asked"].tolist() == [20, 20]
    assert (acceptance["accepted"] >= 20).all()
    rate = acceptance["accepted"] / acceptance["drawn"]
    pd.testing.assert_series_equal(acceptance["rate"], rate, check_names=False)


@pytest.mark.filterwarnings("ignore::kvae.warning_classes.CollapsedVAEWarning")
def test_images_have_no_order():
    images = RNG.random((20, 4, 4, 1)).astype("float32")
    sampler = VAEOverSampler(steps=2, random_state=0, ordered="reject")
    rows, _ = sampler.fit_resample(images, np.repeat([0, 1], [12, 8]))
    assert len(rows) == 24
