"""Trained VAEs are kept in files, and found again by what was trained."""

import dataclasses

import numpy as np
import pytest

import kvae
from kvae.experiments import default_settings
from kvae.experiments.vae_cache import (
    latent_graph,
    load_source,
    single_vae,
    train_single_vae,
)

WHERE = {"data": "digits", "data_dir": None, "development": 300}


@pytest.fixture(scope="module")
def settings():
    settings = default_settings(kvae.load("digits")).quick()
    return dataclasses.replace(settings.single_vae, steps=50)


def test_the_single_vae_is_trained_once_and_read_again(settings, tmp_path):
    ((row,),) = train_single_vae(
        **WHERE, seed=1000, settings=settings, cells=[{}], cache=tmp_path
    )
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
    longer = dataclasses.replace(settings, steps=51)
    single_vae(load_source(**WHERE), 1000, longer, tmp_path)
    assert len(list(tmp_path.iterdir())) == 4
    assert all(path.suffix == ".keras" for path in tmp_path.iterdir())


def test_a_graph_is_made_once_and_read_again(tmp_path):
    source = load_source(**WHERE)
    z = np.random.default_rng(0).normal(size=(len(source.train.y), 2))
    indices, distances = latent_graph(source, "noise", z, 3, tmp_path)
    again = latent_graph(source, "noise", None, 3, tmp_path)  # the file, not z
    np.testing.assert_array_equal(indices, again[0])
    np.testing.assert_array_equal(distances, again[1])
    latent_graph(source, {"other": "codes"}, z, 3, tmp_path)
    assert len(list(tmp_path.iterdir())) == 2


def test_a_file_is_there_as_a_whole_or_not_at_all(settings, tmp_path, monkeypatch):
    def broken(self, path, **arguments):
        path.write_bytes(b"half")
        raise OSError("No space left on device")

    monkeypatch.setattr(kvae.BetaVAE, "save", broken)
    with pytest.raises(OSError, match="No space left"):
        single_vae(load_source(**WHERE), 7, settings, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_development_rows_stand_in_for_the_test_rows():
    source, whole = load_source(**WHERE), kvae.load("digits")
    assert len(source.train.y) == len(whole.train.y) - 300
    with source.scoring() as test:
        np.testing.assert_array_equal(test.x, whole.train.x[-300:])
