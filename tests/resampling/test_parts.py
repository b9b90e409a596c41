import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from kvae.resampling.parts import over_sample_parts
from kvae.resampling.resampler import VAEOverSampler

STREAM = np.random.default_rng(0)
Y = pd.Series(np.where(np.arange(60) % 3, "many", "few"))
FRAME = pd.DataFrame(
    {
        "n": STREAM.normal(size=60) + 3 * (Y == "few"),
        "rain": np.where(STREAM.random(60) < 0.5, 0.0, 5 + STREAM.random(60)),
        "city": STREAM.choice(list("abc"), 60),
        "hole": pd.Series(STREAM.normal(size=60)).mask(STREAM.random(60) < 0.2),
    }
)
PARTS = [np.arange(60)[np.arange(60) % 5 != fold] for fold in range(5)]
SEEDS = range(10, 15)


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"conditional": False, "method": "noise"},
        {"vae": "multi", "method": "normal"},
        {"generative_classifier": True},
        {"latent_dim": 1, "output": "mean", "holes": False},
    ],
)
def test_a_part_is_over_sampled_as_if_it_were_alone(arguments):
    sampler = VAEOverSampler(steps=40, sampling_strategy=9, **arguments)
    found = over_sample_parts(sampler, FRAME, Y, PARTS, SEEDS)
    assert len(found) == len(PARTS)
    # A part whose transform is that of all rows: all rows, in another order.
    every = STREAM.permutation(60)
    (rows, labels), *_ = over_sample_parts(
        sampler, FRAME, Y, [every, PARTS[0]], SEEDS[:2]
    )
    alone = clone(sampler).set_params(random_state=SEEDS[0])
    if "generative_classifier" in arguments:  # accepts what lies near a threshold
        assert len(rows) == 60 + 18
        return
    expected, classes = alone.fit_resample(FRAME.iloc[every], Y.iloc[every])
    pd.testing.assert_frame_equal(rows, expected, atol=0.02)
    pd.testing.assert_series_equal(labels, classes)


def test_labels_of_rows_that_are_in_no_part_change_nothing():
    part, turned = np.arange(50), Y.copy()
    turned[50:] = turned[50:].to_numpy()[::-1]
    sampler = VAEOverSampler(steps=20, sampling_strategy=5)
    found = [over_sample_parts(sampler, FRAME, y, [part], [3])[0] for y in (Y, turned)]
    pd.testing.assert_frame_equal(found[0][0], found[1][0])


def test_unlabelled_rows_teach_and_stay_out():
    y = Y.astype(object).copy()
    y[::4] = None
    sampler = VAEOverSampler(steps=20, sampling_strategy=5)
    for rows, labels in over_sample_parts(sampler, FRAME, y, PARTS, SEEDS):
        assert len(rows) == len(labels) and not labels.isna().any()
    part = np.flatnonzero(y.notna())
    ((rows, _),) = over_sample_parts(sampler, FRAME, y, [part], [3])
    assert len(rows) == len(part) + 10


def test_a_part_without_a_class_is_told_as_fit_resample_tells_it():
    parts = [np.arange(60), np.flatnonzero(np.arange(60) % 3)[:30]]
    sampler = VAEOverSampler(steps=5, sampling_strategy=5)
    with pytest.raises(ValueError, match="class"):
        over_sample_parts(sampler, FRAME, Y, parts, SEEDS[:2])


def test_auto_chooses_for_each_part():
    sampler = VAEOverSampler(steps=5, method="auto")
    y = Y.where(np.arange(60) < 12)  # too few to judge by: a rule decides
    parts = [np.arange(60), np.arange(2, 60)]
    for rows, _ in over_sample_parts(sampler, FRAME, y, parts, SEEDS[:2]):
        assert len(rows) in (12, 10)
