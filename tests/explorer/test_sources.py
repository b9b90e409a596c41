"""Models from folders, and from a server."""

import threading
import warnings

import joblib
import keras
import numpy as np
import pytest

from kvae.explorer.sources import open_world
from kvae.latent import encode
from kvae.models import (
    BetaVAE,
    DenseDecoder,
    DenseEncoder,
    GenerativeClassifier,
    MultiVAE,
)
from kvae.serving import export
from tools import served_version, stand_in_server


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """Folder of <name>/1: `images`, and `multi` with two classes; not trained."""
    base = tmp_path_factory.mktemp("models")
    vae = BetaVAE(DenseEncoder(3, (8,)), DenseDecoder((8, 8, 1), (8,)))
    vae.build((None, 8, 8, 1))
    layers = [keras.Input((8, 8, 1)), keras.layers.Flatten(), keras.layers.Dense(3)]
    judge = GenerativeClassifier(2, keras.Sequential(layers))
    judge.build((None, 8, 8, 1))
    x = np.random.default_rng(0).random((12, 8, 8, 1)).astype("float32")
    export(
        vae,
        base / "images" / "1",
        class_names=["no", "yes"],
        codes=encode(vae, x, np.arange(12) % 2),
        include_codes=True,
        generative_classifier=judge,
        signatures=["decode", "sample", "augment_class", "classify"],
    )
    seeds = (0, 1)
    vae = MultiVAE(
        DenseEncoder(2, (4,), seeds=seeds),
        DenseDecoder((3,), (4,), seeds=seeds),
        reconstruction="gaussian",
    )
    vae.build((2, None, 3))
    names = ["no", "yes"]
    asked = ["decode", "sample"]
    export(vae, base / "multi" / "1", class_names=names, signatures=asked)
    return base


@pytest.fixture(scope="module")
def server(models):
    rest = stand_in_server.rest_server(served_version.Models(models), port=0)
    threading.Thread(target=rest.run, daemon=True).start()
    yield f"http://127.0.0.1:{rest.effective_port}"
    rest.stop()


@pytest.mark.parametrize("name", ["images", "multi"])
def test_a_folder_and_a_server_show_the_same(models, server, name):
    folder = open_world(models / name)
    asked = open_world(f"{server}/{name}", ("no", "yes"))
    np.testing.assert_array_equal(folder.z, asked.z)
    np.testing.assert_array_equal(folder.label, asked.label)
    assert folder.classes == asked.classes == ("no", "yes")
    row, other = folder.rows([1]), asked.rows([1])
    np.testing.assert_allclose(np.asarray(row), np.asarray(other), atol=1e-5)
    assert folder.samplers == asked.samplers
    for sampler in folder.samplers:
        drawn, other = (w.draw(sampler, 0.5, 4, 5, 1) for w in (folder, asked))
        assert drawn.label == other.label
        assert len(drawn) == 4
        np.testing.assert_array_equal(drawn.accepted, other.accepted)
        np.testing.assert_allclose(drawn.rows, other.rows, atol=1e-5)


def test_classes_and_verdicts_come_with_the_model(models):
    images, multi = open_world(models / "images"), open_world(models / "multi")
    assert (images.by_class, multi.by_class) == (False, True)
    assert (images.has_judge, multi.has_judge) == (True, False)
    assert set(np.unique(images.label)) <= {0, 1}
    assert "extrapolate" in images.samplers
    assert list(multi.samplers) == ["normal", "sample"]


def test_a_saved_model_says_what_it_may_do(models):
    assert "read and write files" in open_world(models / "images").notes[0]


def test_what_the_graph_refuses_is_a_sentence(models):
    world = open_world(models / "images")
    with pytest.raises(ValueError, match="decode expects z") as refused:
        world.decode(np.full((1, 3), np.nan), 0)
    assert "\n" not in str(refused.value)


def test_a_model_that_is_not_there_is_a_sentence(server):
    with pytest.raises(ValueError, match="refuses to describe it: .*nothing"):
        open_world(f"{server}/nothing")
    with pytest.raises(ValueError, match="Add --classes"):
        open_world(f"{server}/multi")


def test_a_pickle_is_opened_with_a_note_and_without_a_warning(fitted_digits, tmp_path):
    joblib.dump(fitted_digits, tmp_path / "model.joblib")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        world = open_world(tmp_path)
    assert "runs whatever code it holds" in world.notes[0]
    assert world.name == tmp_path.name


def test_what_was_saved_is_opened(fitted_digits, digits_world, tmp_path):
    fitted_digits.save(tmp_path / "model")
    world = open_world(tmp_path / "model")
    np.testing.assert_allclose(world.z, digits_world.z, atol=1e-5)
