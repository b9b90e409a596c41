"""Trained VAEs are kept in files, and found again by what was trained."""

import dataclasses

import numpy as np
import pytest

import kvae
from kvae.experiments import default_settings
from kvae.experiments.vae_cache import load_source, single_vae, train_single_vae

WHERE = {"data": "digits", "data_dir": None, "development": 300}


@pytest.fixture(scope="module")
def settings():
    settings = default_settings(kvae.load("digits")).quick()
    vae = dataclasses.replace(settings.single_vae, steps=50)
    return dataclasses.replace(settings, single_vae=vae)


def test_the_single_vae_is_trained_once_and_read_again(settings, tmp_path):
    (row,) = train_single_vae(WHERE, 1000, settings, tmp_path)
    (path,) = tmp_path.iterdir()
    written = path.stat().st_mtime_ns
    assert row["training_seconds"] > 0
    vae = single_vae(load_source(**WHERE), 1000, settings, tmp_path)
    assert path.stat().st_mtime_ns == written
    x = load_source(**WHERE).train.x[:3]
    z_mean, _ = vae.encode(x)
    assert np.shape(z_mean) == (3, 16)
    # Others are other files: by seed, by settings, by the rows trained on.
    single_vae(load_source(**WHERE), 1001, settings, tmp_path)
    single_vae(load_source("digits"), 1000, settings, tmp_path)
    longer = dataclasses.replace(settings.single_vae, steps=51)
    longer = dataclasses.replace(settings, single_vae=longer)
    single_vae(load_source(**WHERE), 1000, longer, tmp_path)
    assert len(list(tmp_path.iterdir())) == 4
    # The classifier has no part in it.
    single_vae(
        load_source(**WHERE), 1000, dataclasses.replace(settings, steps=9), tmp_path
    )
    assert len(list(tmp_path.iterdir())) == 4


def test_the_development_rows_stand_in_for_the_test_rows():
    source, whole = load_source(**WHERE), kvae.load("digits")
    assert len(source.train.y) == len(whole.train.y) - 300
    with source.scoring() as test:
        np.testing.assert_array_equal(test.x, whole.train.x[-300:])
