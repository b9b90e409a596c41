import os
from pathlib import Path

import joblib
import numpy as np
import pytest

import kvae
from kvae.data.olivetti import FILE


@pytest.fixture
def folder(tmp_path):
    """scikit-learn's cache of 400 faces, each as grey as its number."""
    faces = np.repeat(np.arange(400, dtype="float32")[:, None], 64 * 64, axis=1)
    faces[:, 0] = 0
    joblib.dump(faces, tmp_path / FILE, compress=6)
    return tmp_path


def test_two_faces_of_each_person_are_for_scoring(folder):
    source = kvae.load("olivetti", data_home=folder)
    assert source.train.x.shape == (320, 64, 64, 1)
    assert np.bincount(source.train.y).tolist() == [8] * 40
    with source.scoring() as test:
        assert np.bincount(test.y).tolist() == [2] * 40
        both = np.concatenate([source.train.x, test.x])[:, 1, 1, 0]
    # No face is in both parts, none is lost, and all are in [0, 1].
    np.testing.assert_allclose(np.sort(both), np.arange(400) / 399, atol=1e-6)
    again = kvae.load("olivetti", data_home=folder)
    np.testing.assert_array_equal(source.train.x, again.train.x)


def test_finds_the_folder_that_scikit_learn_would(folder, monkeypatch):
    monkeypatch.setenv("SCIKIT_LEARN_DATA", str(folder))
    assert len(kvae.load("olivetti").class_names) == 40


def test_without_the_file_the_remedy_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="fetch_olivetti_faces.*SCIKIT_LEARN"):
        kvae.load("olivetti", data_home=tmp_path)


@pytest.mark.parametrize("damage", [b"", b"no pickle", None])
def test_a_damaged_file_is_said(folder, damage):
    path = folder / FILE
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2] if damage is None else damage)
    with pytest.raises(ValueError, match="Delete the file and fetch it again"):
        kvae.load("olivetti", data_home=folder)


REAL = Path(os.environ.get("SCIKIT_LEARN_DATA", "")) / FILE


@pytest.mark.skipif(not REAL.is_file(), reason="the real faces are not here")
def test_the_real_faces_differ_more_between_people():
    source = kvae.load("olivetti")
    x, y = source.train.x.reshape(320, -1), source.train.y
    squares = np.square(x).sum(axis=1)
    apart = squares[:, None] + squares - 2 * x @ x.T
    np.fill_diagonal(apart, np.inf)
    assert (y[apart.argmin(axis=1)] == y).mean() > 0.9
