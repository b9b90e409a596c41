"""Columns that depend on each other: what is said, and what is done."""

import numpy as np
import pandas as pd

from kvae import VAEOverSampler

RNG = np.random.default_rng(0)
N = 120
PLACES = {"Bonn": "53111", "Ulm": "89073", "Jena": "07743", "Kiel": "24103"}
CITY = RNG.choice(list(PLACES), N)
START = RNG.integers(0, 50, N)
FRAME = pd.DataFrame(
    {
        "city": CITY,
        "postcode": [PLACES[city] for city in CITY],
        "start": START,
        "end": START + RNG.integers(0, 15, N),
        "size": RNG.normal(size=N),
    }
)
LABELS = np.where(FRAME["size"] > 0, "large", "small")


def resampled(**arguments):
    sampler = VAEOverSampler(
        sampling_strategy=150, steps=60, random_state=0, **arguments
    )
    rows, _ = sampler.fit_resample(FRAME, LABELS)
    return rows.iloc[N:], sampler


def pairs_of(rows):
    return set(zip(rows["city"], rows["postcode"], strict=True))


def test_pairs_and_orders_that_no_real_row_has_are_counted():
    new, sampler = resampled()
    never = sum(
        PLACES[c] != p for c, p in zip(new["city"], new["postcode"], strict=True)
    )
    above = int((new["start"] > new["end"]).sum())
    assert never > 0 and above > 0
    notes = "\n".join(sampler.notes_)
    assert f"{never} of 300 new rows hold a pair of 'city' and 'postcode'" in notes
    assert f"in {above} of 300 new rows 'start' is above 'end'" in notes


def test_what_belongs_together_stays_together_and_orders_are_repaired():
    groups = [("city", "postcode")]
    new, sampler = resampled(together=groups, ordered="repair")
    assert pairs_of(new) <= pairs_of(FRAME)
    assert (new["start"] <= new["end"]).all()
    assert new.columns.tolist() == FRAME.columns.tolist()
    assert new.dtypes.tolist() == FRAME.dtypes.tolist()
    assert not [n for n in sampler.notes_ if "no real row" in n]
    more, _, _ = sampler.sample(5)
    assert pairs_of(more) <= pairs_of(FRAME)


def test_a_saved_sampler_keeps_them_together(tmp_path):
    _, sampler = resampled(together=[("city", "postcode")])
    sampler.save(tmp_path / "model")
    more, _, _ = VAEOverSampler.load(tmp_path / "model").sample(20)
    assert pairs_of(more) <= pairs_of(FRAME)


def test_a_column_that_numbers_the_rows_is_named():
    frame = FRAME.assign(number=np.arange(N))[["number", "size"]]
    sampler = VAEOverSampler(sampling_strategy=3, steps=5, random_state=0)
    sampler.fit_resample(frame, LABELS)
    (note,) = (note for note in sampler.notes_ if "numbers the rows" in note)
    assert note.startswith("'number' only numbers")
