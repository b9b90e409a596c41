"""New rows of a table hold values that exist: shares need a trained VAE, so one is."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from kvae import VAEOverSampler
from kvae.preprocessing.columns import read_column
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
    dates = pd.Timestamp("2019-03-01") + pd.to_timedelta(np.rint(100 * hidden), "D")
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
            "left": mostly(9999, 0.1, 40 + 12 * hidden),
            "quarter": np.rint(20 * hidden) / 4,
            "twentieth": 0.05 * np.rint(20 * hidden),  # 0.15000000000000002
            "yymmdd": dates.strftime("%y%m%d").astype(int),
            "week": dates.strftime("%G-W%V"),
            "member": hidden > stream.normal(size=N),
            "agreed": pd.array(hidden < stream.normal(size=N), "boolean"),
            "zip": stream.choice(["01067", "10115", "04103"], N),
            "comment": stream.choice(["", "good", "bad"], N, p=[0.84, 0.08, 0.08]),
        }
    ).replace({"comment": {"": None}})


@pytest.fixture(scope="module", params=["sample", "mean"])
def new(request, frame):
    oversampler = VAEOverSampler(
        sampling_strategy=N, steps=400, random_state=0, output=request.param
    )
    rows, _ = oversampler.fit_resample(frame, np.arange(N) % 2)
    return request.param, rows.iloc[N:]


def test_point_masses_keep_their_share_and_gaps_stay_empty(frame, new):
    output, rows = new
    for name, value in (("gain", 0), ("hours", 40), ("asked", -1), ("left", 9999)):
        real, share = frame[name], np.mean(rows[name] == value)
        if output == "sample":
            assert abs(share - np.mean(real == value)) <= 0.03, name
        if name == "left":
            highest = real[real != value].max()
            assert np.mean((rows[name] < value) & (rows[name] > highest)) == 0
        elif name != "hours":
            least = real[real != value].min()
            assert np.mean((rows[name] > value) & (rows[name] < least)) == 0, name


def test_the_mean_of_a_number_with_spikes_is_the_likeliest_spike(frame, new):
    if new[0] == "mean":
        assert (new[1]["gain"] == 0).all()  # 90 % of the rows, whatever the latents
        assert 0 < np.mean(new[1]["hours"] == 40) < 1


def test_grids_hold(frame, new):
    grids = ("four", 4), ("half", 0.5), ("salary", 1000), ("quarter", 0.25)
    for name, step in grids:
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


def test_what_arithmetic_made_of_a_grid_is_on_it(frame, new):
    twentieths = new[1]["twentieth"]
    np.testing.assert_array_equal(np.rint(20 * twentieths) / 20, twentieths)
    assert twentieths.nunique() > 15


def test_what_only_looks_like_a_date_is_none(frame, new):
    assert set(new[1]["week"]) <= set(frame["week"])
    assert read_column("n", "n", frame["yymmdd"]).kind == "integer"
    assert new[1]["yymmdd"].between(frame["yymmdd"].min(), frame["yymmdd"].max()).all()


def test_answers_are_both_true_and_false(frame, new):
    for name in ("member", "agreed"):
        assert new[1][name].dtype == frame[name].dtype
        assert 0.1 < new[1][name].mean() < 0.9


def test_a_column_that_is_mostly_empty_stays_so(frame, new):
    assert abs(new[1]["comment"].isna().mean() - frame["comment"].isna().mean()) < 0.03
    assert set(new[1]["zip"]) <= set(frame["zip"])


@pytest.mark.filterwarnings("ignore::kvae.warning_classes.CollapsedVAEWarning")
def test_images_of_answers_are_black_and_white():
    images = np.arange(20 * 16).reshape(20, 4, 4, 1) % 3 == 0
    oversampler = VAEOverSampler(steps=20, random_state=0)
    rows, _ = oversampler.fit_resample(images, np.repeat([0, 1], [12, 8]))
    assert rows.dtype == bool and 0 < rows[20:].mean() < 1


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
