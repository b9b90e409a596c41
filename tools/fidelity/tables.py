"""Tables to generate rows of: PROBEN1's, two that are made here, and any CSV."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split

PROBEN1 = ("card", "diabetes", "gene", "glass", "horse", "thyroid")


class Problem(NamedTuple):
    """Rows to learn from, rows to judge by, and the name of the column of classes."""

    train: pd.DataFrame
    held_out: pd.DataFrame
    target: str


def load(name, seed, *, target="target", shots=None, development=False):
    """Returns a Problem.

    Args:
        name: str, of PROBEN1 or MADE, or a path of a CSV file.
        seed: int, of the split of made tables and files, which hold out a third, and of
            which rows have a label in a few-shot table.
        target: str, the column of classes of a CSV file.
        shots: int, rows per class to learn from; None for all.
        development: bool, whether PROBEN1's validation part is held out, not its test
            part.
    """
    if name in PROBEN1:
        problem = _proben1(name, development)
    else:
        frame = MADE[name](seed) if name in MADE else pd.read_csv(name)
        target = "target" if name in MADE else target
        parts = train_test_split(
            frame, test_size=1 / 3, stratify=frame[target], random_state=seed
        )
        problem = Problem(*(part.reset_index(drop=True) for part in parts), target)
    if shots is None:
        return problem
    stream = np.random.default_rng(seed)
    chosen = [
        stream.choice(rows, min(shots, len(rows)), replace=False)
        for rows in problem.train.groupby(problem.target).indices.values()
    ]
    few = problem.train.iloc[np.sort(np.concatenate(chosen))]
    return problem._replace(train=few.reset_index(drop=True))


def short_name(name):
    """Returns what a table is called in a folder and in print."""
    return Path(name).stem


def _proben1(name, development):
    import kvae

    source = kvae.load(f"proben1/{name}1")
    source = source.development() if development else source
    with source.scoring() as test:
        rows = (
            (source.train.y, source.attributes()),
            (
                test.y,
                source.attributes(test.x),
            ),
        )
    parts = []
    for y, frame in rows:
        # A level "0" is no number; files have no dtype that would say so.
        words = frame.select_dtypes("category").columns
        frame = frame.astype({word: "object" for word in words})
        frame[words] = "level " + frame[words]
        parts.append(frame.assign(target=[f"class {label}" for label in y]))
    return Problem(*parts, "target")


def make_people(seed, num_rows=2000):
    """Like the census table that everybody knows: spikes, grids, pairs, holes."""
    stream = np.random.default_rng(seed)
    years = stream.choice(np.arange(4, 17), num_rows, p=_bell(13, 5, 2.5))
    age = np.clip(stream.gamma(6, 7, num_rows), 17, 90).round().astype(int)
    married = stream.random(num_rows) < 1 / (1 + np.exp(-(age - 32) / 8))
    hours = np.clip(stream.normal(40, 12, num_rows), 1, 99).round().astype(int)
    hours[stream.random(num_rows) < 0.42] = 40
    logit = 0.35 * (years - 10) + 0.04 * (age - 40) + 1.2 * married - 1.6
    rich = stream.random(num_rows) < 1 / (1 + np.exp(-logit))
    gain = np.zeros(num_rows, int)
    some = stream.random(num_rows) < np.where(rich, 0.22, 0.05)
    gain[some] = (1000 + stream.gamma(2, 2500 + 4000 * rich[some])).astype(int)
    salary = 1000 * np.rint(stream.lognormal(3.3 + 0.04 * years + 0.25 * rich, 0.3))
    hired = pd.Timestamp("2024-12-31") - pd.to_timedelta(
        stream.gamma(2, 30 * (age - 15)).astype(int), unit="D"
    )
    work = stream.choice(["private", "state", "own", "none"], num_rows, p=_PARTS)
    frame = pd.DataFrame(
        {
            "age": age,
            "work": pd.Series(work).mask(stream.random(num_rows) < 0.06),
            "education": [f"school {year}" for year in years],
            "education_num": years,
            "married": np.where(married, "yes", "no"),
            "gain": gain,
            "hours": hours,
            "salary": salary.astype(int),
            "hired": hired.strftime("%Y%m%d").astype(int),
            "score": np.rint(stream.normal(20 + 4 * rich, 4)) / 2,
            "quarters": 4 * np.rint(stream.gamma(3, 2 + rich)).astype(int),
            "last_contact": np.where(
                stream.random(num_rows) < 0.79, -1, stream.integers(1, 400, num_rows)
            ),
        }
    )
    return frame.assign(target=np.where(rich, "above", "below"))


def make_claims(seed, num_rows=1000):
    """Insurance claims: most of nothing, orders of columns, cities with postcodes."""
    stream = np.random.default_rng(seed)
    place = stream.integers(0, 25, num_rows)
    code = 10000 + 37 * np.arange(25) ** 2
    severe = stream.random(num_rows) < 0.12 + 0.012 * place
    total = (200 * stream.lognormal(0.6 + severe, 0.8)).round(2)
    paid = (total * stream.beta(4 - 2 * severe, 2, num_rows)).round(2)
    paid[stream.random(num_rows) < 0.3] = 0.0
    start = pd.Timestamp("2020-01-01") + pd.to_timedelta(
        stream.integers(0, 1500, num_rows), unit="D"
    )
    end = start + pd.to_timedelta(stream.gamma(2, 10 + 20 * severe).astype(int), "D")
    rain = np.where(
        stream.random(num_rows) < 0.7, 0, 2 + stream.gamma(2, 4 + 8 * severe)
    )
    comment = stream.choice(["seen", "asked", "by phone"], num_rows)
    frame = pd.DataFrame(
        {
            "city": [f"city {i}" for i in place],
            "postcode": code[place],
            "start": start.strftime("%Y-%m-%d"),
            "end": end.strftime("%Y-%m-%d"),
            "total": total,
            "paid": paid,
            "rain": rain.round(1),
            "cars": np.minimum(stream.poisson(1 + severe), 6),
            "comment": pd.Series(comment).mask(stream.random(num_rows) < 0.84),
            "tariff": 25 * np.rint(stream.normal(20 + 3 * severe, 4)).astype(int),
        }
    )
    return frame.assign(target=np.where(severe, "severe", "light"))


def _bell(number, middle, width):
    weights = np.exp(-0.5 * ((np.arange(number) - middle) / width) ** 2)
    return weights / weights.sum()


_PARTS = (0.7, 0.13, 0.11, 0.06)
MADE = {"people": make_people, "claims": make_claims}
