"""New rows of a table hold values that exist: shares need a trained VAE, so one is."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from kvae import VAEOverSampler
from kvae.preprocessing.written_dates import calendar

N, DAYS = 1000, calendar("YYYYMMDD")


@pytest.fixture(scope="module")
def frame():
    """Two classes of rows; columns with point masses, gaps and grids."""
    stream = np.random.default_rng(0)
    hidden = stream.normal(size=N) + np.arange(N) % 2

    def mostly(value, share, others):
        return np.where(stream.random(N) < share, value, np.rint(others)).astype(int)

    days = np.rint(40_000 + 100 * hidden).astype(int)
    salary = 1000 * np.rint(50 + 12 * hidden)
    salary[::20] += stream.integers(1, 999, N // 20)
    return pd.DataFrame(
        {
            "gain": mostly(0, 0.9, 1000 + 3000 * np.exp(hidden / 2)),
            "hours": mostly(40, 0.46, 40 + 12 * hidden),
            "asked": mostly(-1, 0.79, 10 + np.exp(4 + hidden)),
            "four": (4 * np.rint(20 + 30 * hidden)).astype(int),
            "half": np.rint(60 * hidden) / 2,
            "salary": salary,
            "date": np.where(stream.random(N) < 0.1, np.nan, DAYS[days]),
            "day": DAYS[days].astype(int),
        }
    )


@pytest.fixture(scope="module", params=["sample", "mean"])
def new(request, frame):
    oversampler = VAEOverSampler(
        sampling_strategy=N, steps=400, random_state=0, output=request.param
    )
    rows, _ = oversampler.fit_resample(frame, np.arange(N) % 2)
    return request.param, rows.iloc[N:]


def test_point_masses_keep_their_share_and_gaps_stay_empty(frame, new):
    output, rows = new
    for name, value in (("gain", 0), ("hours", 40), ("asked", -1)):
        real, share = frame[name], np.mean(rows[name] == value)
        if output == "sample":
            assert abs(share - np.mean(real == value)) <= 0.03, name
        if name != "hours":
            least = real[real != value].min()
            assert np.mean((rows[name] > value) & (rows[name] < least)) == 0, name


def test_grids_hold(frame, new):
    for name, step in (("four", 4), ("half", 0.5), ("salary", 1000)):
        real, column = frame[name], new[1][name]
        np.testing.assert_array_equal(column % step, 0)
        assert column.min() >= real.min() and column.max() <= real.max()
        assert column.nunique() > 15


def test_dates_that_are_numbers_are_dates_of_the_same_dtype(frame, new):
    for name in ("date", "day"):
        column = new[1][name]
        assert column.dtype == frame[name].dtype
        assert np.isin(column.dropna(), DAYS).all()
        assert column.nunique() > 50


def test_a_sparse_matrix_stays_sparse():
    stream = np.random.default_rng(0)
    cells = np.where(stream.random((N, 5)) < 0.1, stream.normal(3, 1, (N, 5)), 0)
    oversampler = VAEOverSampler(sampling_strategy=N, steps=300, random_state=0)
    rows, _ = oversampler.fit_resample(sparse.csr_matrix(cells), np.arange(N) % 2)
    new = rows[N:]
    assert abs(new.nnz / (2 * N * 5) - np.mean(cells != 0)) <= 0.03


def test_large_unsigned_numbers_stay_in_their_range():
    large = np.uint64(2**63 + 1) + np.arange(0, 2**62, 2**56, dtype="uint64")
    frame = pd.DataFrame({"id": large, "x": np.arange(len(large)) % 7})
    oversampler = VAEOverSampler(sampling_strategy=200, steps=20, random_state=0)
    rows, _ = oversampler.fit_resample(frame, np.arange(len(large)) % 2)
    new = rows["id"].iloc[len(large) :]
    assert new.dtype == "uint64" and new.nunique() > 50
    assert large.min() <= new.min() and new.max() <= large.max()
