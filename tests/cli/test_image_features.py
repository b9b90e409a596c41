import keras
import numpy as np
import pytest
from PIL import Image

from kvae.cli.class_folders import read_class_folders
from kvae.cli.image_features import read_features


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """Two classes of three images, of which one is damaged."""
    folder = tmp_path_factory.mktemp("images")
    for i in range(6):
        path = folder / "ab"[i % 2] / f"{i}.png"
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(np.full((8, 8), 40 * i, "uint8")).save(path)
    (folder / "a" / "2.png").write_bytes(b"none")
    return read_class_folders(folder)


def mean_model(shape=(None, None, 1)):
    """Returns a model whose one feature is the mean of the pixels."""
    inputs = keras.Input(shape)
    return keras.Model(inputs, keras.layers.GlobalAveragePooling2D()(inputs))


def saved(path, kind, shape=(None, None, 1)):
    if kind == "SavedModel":
        mean_model(shape).export(path / "model", verbose=False)
        return path / "model"
    mean_model(shape).save(path / "model.keras")
    return path / "model.keras"


def test_rows_of_a_file_belong_to_the_sorted_files(folders, tmp_path):
    np.save(tmp_path / "f.npy", np.arange(12.0).reshape(6, 2))
    features = read_features(tmp_path / "f.npy", folders)
    # a/0, a/2 (damaged), a/4, b/1, b/3, b/5
    assert features[:, 0].tolist() == [0, 4, 6, 8, 10]


@pytest.mark.parametrize("kind", ["keras", "SavedModel"])
def test_models_see_numbers_from_0_to_255(folders, tmp_path, kind):
    features = read_features(saved(tmp_path, kind), folders)
    np.testing.assert_allclose(features[:, 0], [0, 160, 40, 120, 200], atol=1e-3)


def test_images_are_scaled_to_what_a_model_asks_for(folders, tmp_path):
    features = read_features(saved(tmp_path, "keras", (4, 6, 3)), folders)
    np.testing.assert_allclose(features[0], 0, atol=1e-3)
    np.testing.assert_allclose(features[1], 160, atol=1e-3)
    assert features.shape == (5, 3)


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.zeros((5, 2)), "a row for each of 6 image files.*Received: 5 rows"),
        (np.zeros((6, 2, 2)), r"a vector for each of 5 images.*\(5, 2, 2\)"),
        (np.full((6, 2), np.nan), "--features"),
        (np.array([{}] * 6), "numbers.*numpy.save"),
    ],
)
def test_other_arrays_are_refused(folders, tmp_path, array, message):
    np.save(tmp_path / "f.npy", array)
    with pytest.raises(ValueError, match=message):
        read_features(tmp_path / "f.npy", folders)


def test_other_files_are_refused(folders, tmp_path):
    with pytest.raises(FileNotFoundError, match="There is no file"):
        read_features(tmp_path / "f.npy", folders)
    (tmp_path / "f.keras").write_bytes(b"none")
    for path in (tmp_path / "f.keras", tmp_path):
        with pytest.raises(ValueError, match="--features expects an .npy file"):
            read_features(path, folders)
