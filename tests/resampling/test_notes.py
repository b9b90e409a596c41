"""What an over-sampler says; see also tests/resampling/test_resampler.py."""

import warnings

import numpy as np
import pandas as pd
import pytest

from kvae.resampling import notes as resampling_notes
from kvae.resampling.targets import Targets
from kvae.samplers import Posterior, Propagate
from kvae.warning_classes import (
    CollapsedVAEWarning,
    LabelWarning,
    TooFewRowsWarning,
)


def test_labels_spread_where_there_are_rows_without_one():
    some, none = np.array([0, -1]), np.array([0, 1])
    assert resampling_notes.spreads_labels(Propagate(), some)
    assert not resampling_notes.spreads_labels(Propagate(), none)
    assert not resampling_notes.spreads_labels(Posterior(), some)
    assert not resampling_notes.spreads_labels(None, some)


def test_notes_on_labels_are_about_samplers_that_spread_them():
    every, holes = Targets([0, 1, 1]), Targets([0, 1, None])
    assert resampling_notes.on_labels("posterior", every) == ()
    assert resampling_notes.on_labels("auto", every) == ()
    assert resampling_notes.on_labels("propagate", holes) == ()
    (note,) = resampling_notes.on_labels("propagate", every)
    assert note == resampling_notes.NONE_UNLABELLED
    with pytest.warns(LabelWarning, match="unlabelled=-1"):
        resampling_notes.on_labels("propagate", Targets([-1, 1, 1]))


def test_full_classes_are_no_news():
    counts = {"asked": [3, 4], "drawn": [5, 4], "accepted": [3, 2]}
    acceptance = pd.DataFrame(counts, index=[0, 1])
    classes = np.array(["fig", "pear"])
    with pytest.warns(TooFewRowsWarning, match="only 2 of 4 new rows of class pear"):
        resampling_notes.on_short_classes(acceptance, None, classes)
    with pytest.warns(TooFewRowsWarning, match="in order: there are only 2 of 4 new"):
        resampling_notes.on_short_classes(None, acceptance, classes)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        resampling_notes.on_short_classes(acceptance.iloc[:1], None, classes)
        resampling_notes.on_short_classes(None, acceptance.iloc[:1], classes)
        few = acceptance.assign(drawn=acceptance["accepted"])  # the classifier's fault
        resampling_notes.on_short_classes(None, few, classes)


def test_a_vae_whose_latents_say_nothing_has_collapsed(make_vae, table_rows):
    vae = make_vae()
    assert not resampling_notes.has_collapsed(vae, *table_rows)
    assert resampling_notes.has_collapsed(vae, table_rows.x * 0, table_rows.y)
    with pytest.warns(CollapsedVAEWarning, match="^The VAE has collapsed.*lower beta"):
        resampling_notes.warn_of_collapse(vae)


def test_a_method_is_auto_or_a_sampler():
    resampling_notes.expect_method("auto")
    resampling_notes.expect_method(["interpolate", "noise"])
    with pytest.raises(ValueError, match="'auto' chooses"):
        resampling_notes.expect_method("autos")
