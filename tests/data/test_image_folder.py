import numpy as np
import pytest
from PIL import Image

from kvae.data.image_folder import files_of_classes, image_files, read_images
from kvae.warning_classes import UnreadableImagesWarning

MODES = ("L", "RGB", "RGBA", "P", "1", "LA", "I;16", "CMYK")


def save(path, mode, size=(12, 10), seed=0):
    values = np.random.default_rng(seed).integers(0, 256, size[::-1], dtype="uint8")
    if mode == "I;16":
        Image.fromarray(values.astype("uint16") * 257).save(path)
    elif mode == "CMYK":
        Image.fromarray(values).convert("CMYK").save(path.with_suffix(".tif"))
    else:
        Image.fromarray(values).convert(mode).save(path)
    return values


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "LA", "I;16"])
def test_grey_values_survive_every_mode(tmp_path, mode):
    values = save(tmp_path / "a.png", mode)
    images, kept = read_images([tmp_path / "a.png"])
    np.testing.assert_array_equal(images[0, ..., 0], values.astype("float32") / 255)
    assert kept.tolist() == [0]


def test_a_thousand_images_of_mixed_size_and_mode(tmp_path):
    sizes = np.random.default_rng(0).integers(5, 60, (1000, 2))
    for i, size in enumerate(sizes):
        save(tmp_path / f"{i:04}.png", MODES[i % len(MODES)], tuple(size), i)
    files = image_files(tmp_path)
    assert len(files) == 1000
    for channels in (1, 3):
        images, kept = read_images(files, size=(16, 12), channels=channels)
        assert images.shape == (1000, 16, 12, channels)
        assert len(kept) == 1000
        assert 0 <= images.min() < images.max() <= 1


def test_unreadable_files_are_named_and_left_out(tmp_path):
    save(tmp_path / "a.png", "L")
    save(tmp_path / "c.png", "L")
    (tmp_path / "b.png").write_bytes(b"no image")
    (tmp_path / "d.png").write_bytes((tmp_path / "a.png").read_bytes()[:60])
    files = image_files(tmp_path)
    named = r"(?s)2 of 4 images .*b\.png.*d\.png"
    with pytest.warns(UnreadableImagesWarning, match=named):
        images, kept = read_images(files)
    assert len(images) == 2
    assert kept.tolist() == [0, 2]
    with pytest.raises(OSError, match=r"(?s)b\.png.*Remove or replace them"):
        read_images(files, on_unreadable="raise")


def test_transparent_parts_are_white(tmp_path):
    pixels = np.zeros((4, 4, 4), "uint8")
    pixels[:2, :, 3] = 255  # the upper half is opaque black
    Image.fromarray(pixels, "RGBA").save(tmp_path / "a.png")
    images, _ = read_images([tmp_path / "a.png"])
    np.testing.assert_array_equal(images[0, :, 0, 0], [0, 0, 1, 1])


def test_photographs_are_turned_upright(tmp_path):
    image = Image.fromarray(np.arange(6, dtype="uint8").reshape(2, 3) * 40)
    exif = image.getexif()
    exif[0x0112] = 6  # the camera was turned by a quarter
    image.save(tmp_path / "a.png", exif=exif)
    images, _ = read_images([tmp_path / "a.png"])
    assert images.shape == (1, 3, 2, 1)


def test_images_of_many_sizes_ask_for_one(tmp_path):
    save(tmp_path / "a.png", "L", (5, 6))
    save(tmp_path / "b.png", "L", (7, 6))
    with pytest.raises(ValueError, match=r"2 sizes.*6x5.*Pass size"):
        read_images(image_files(tmp_path))


def test_only_broken_files_or_none_are_an_error(tmp_path):
    with pytest.raises(ValueError, match="at least one image"):
        read_images([])
    (tmp_path / "b.png").write_bytes(b"")
    with pytest.raises(ValueError, match="1 of 1 images cannot be read"):
        read_images(image_files(tmp_path))


def test_every_unreadable_file_is_named_not_the_first_ten(tmp_path):
    save(tmp_path / "a.png", "L")
    for i in range(15):
        (tmp_path / f"broken{i:02}.png").touch()
    with pytest.warns(UnreadableImagesWarning) as record:
        read_images(image_files(tmp_path))
    (message,) = [str(warning.message) for warning in record]
    assert all(f"broken{i:02}.png" in message for i in range(15))


def test_pixels_of_unknown_range_are_refused_rather_than_black(tmp_path):
    Image.fromarray(np.full((4, 4), 0.5, "float32")).save(tmp_path / "a.tif")
    with pytest.raises(ValueError, match=r"a\.tif: its pixels are fractions"):
        read_images(image_files(tmp_path))


@pytest.mark.parametrize("size", [32, (32, 32, 3), "big"])
def test_a_size_is_height_and_width(tmp_path, size):
    save(tmp_path / "a.png", "L")
    with pytest.raises(ValueError, match=r"read_images expects size=\(height, width\)"):
        read_images(image_files(tmp_path), size=size)


def test_heights_and_widths_are_whole_and_positive(tmp_path):
    save(tmp_path / "a.png", "L")
    with pytest.raises(ValueError, match=r"height expects a whole number >= 1.*: 0"):
        read_images(image_files(tmp_path), size=(0, 5))
    with pytest.raises(ValueError, match="width expects a whole number >= 1.*5.5"):
        read_images(image_files(tmp_path), size=(5, 5.5))


def test_hidden_folders_and_folders_named_like_images_are_no_images(tmp_path):
    for name in (".ipynb_checkpoints", "folder.png"):
        (tmp_path / name).mkdir()
    save(tmp_path / ".ipynb_checkpoints" / "a.png", "L")
    save(tmp_path / "folder.png" / "b.png", "L")
    assert image_files(tmp_path) == [tmp_path / "folder.png" / "b.png"]


def test_a_folder_of_the_home_directory_is_found(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    save(tmp_path / "a.png", "L")
    assert image_files("~") == [tmp_path / "a.png"]


def test_hidden_files_and_other_files_are_no_images(tmp_path):
    (tmp_path / ".a.png").touch()
    (tmp_path / "notes.txt").touch()
    assert image_files(tmp_path) == []


def test_the_class_of_a_file_is_its_outermost_folder(tmp_path):
    for name in ("b/1.png", "a/2.png", "a/deep/1.png", ".hidden/1.png"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        save(tmp_path / name, "L")
    files, classes = files_of_classes(tmp_path)
    assert [path.relative_to(tmp_path).as_posix() for path in files] == [
        "a/2.png",
        "a/deep/1.png",
        "b/1.png",
    ]
    assert classes == ["a", "a", "b"]
    with pytest.raises(ValueError, match="Received: 1 images in no subfolder"):
        files_of_classes(tmp_path / "a" / "deep")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match=r"Received: no image\..*\.png"):
        files_of_classes(tmp_path / "empty")
