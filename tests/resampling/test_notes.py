"""What an over-sampler says; in its place in tests/augmentation/test_resampler.py."""

import warnings

import numpy as np
import pandas as pd
import pytest

from kvae.resampling import notes as resampling_notes
from kvae.resampling.targets import Targets


def test_labels_spread_where_there_are_rows_without_one():
    some, none = np.array([0, -1]), np.array([0, 1])
    assert resampling_notes.spreads_labels("propagate", some)
    assert not resampling_notes.spreads_labels("propagate", none)
    assert not resampling_notes.spreads_labels("posterior", some)
    assert not resampling_notes.spreads_labels("auto", some)
    assert not resampling_notes.spreads_labels(None, some)


def test_notes_on_labels_are_about_samplers_that_spread_them():
    every, holes = Targets([0, 1, 1]), Targets([0, 1, None])
    assert resampling_notes.on_labels("posterior", every) == ()
    assert resampling_notes.on_labels("auto", every) == ()
    assert resampling_notes.on_labels("propagate", holes) == ()
    (note,) = resampling_notes.on_labels("propagate", every)
    assert note == resampling_notes.NONE_UNLABELLED
    with pytest.warns(UserWarning, match="unlabelled=-1"):
        resampling_notes.on_labels("propagate", Targets([-1, 1, 1]))


def test_full_classes_are_no_news():
    acceptance = pd.DataFrame({"asked": [3, 4], "accepted": [3, 2]}, index=[0, 1])
    classes = np.array(["fig", "pear"])
    with pytest.warns(UserWarning, match="only 2 of 4 rows of class pear. Raise"):
        resampling_notes.on_acceptance(acceptance, classes)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        resampling_notes.on_acceptance(acceptance.iloc[:1], classes)
        resampling_notes.on_acceptance(None, classes)
        with resampling_notes.no_class_indices():
            warnings.warn("The generative classifier accepted nothing", stacklevel=1)


def test_a_method_is_auto_or_a_sampler():
    resampling_notes.expect_method("auto")
    resampling_notes.expect_method(["interpolate", "noise"])
    with pytest.raises(ValueError, match="Or 'auto'"):
        resampling_notes.expect_method("autos")
