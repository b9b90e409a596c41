"""Images of a folder: any size and mode in, one shape out."""

import collections
import warnings
from concurrent import futures
from pathlib import Path

import numpy as np

from kvae.checks import expect_count, expect_one_of
from kvae.warning_classes import UnreadableImagesWarning

SUFFIXES = (".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")


def image_files(folder):
    """Returns the image files of a folder and its subfolders, sorted.

    Hidden files and folders, such as .ipynb_checkpoints, are left out.

    Raises:
        FileNotFoundError: where there is no such folder.
    """
    folder = Path(folder).expanduser()
    if not folder.is_dir():
        raise FileNotFoundError(f"There is no folder {folder}.")
    return sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in SUFFIXES
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
        and not path.is_dir()
    )


def files_of_classes(folder, unlabelled="unlabelled"):
    """Returns the image files of a folder for each class, and these folders' names.

    Args:
        folder: path.
        unlabelled: str, the name of the folder of images without a label.

    Returns:
        (list of N paths, sorted by folder and name; list of N str).

    Raises:
        FileNotFoundError: where there is no such folder.
        ValueError: where there is no image in it, or one in none of its subfolders.
    """
    folder = Path(folder).expanduser()
    files = image_files(folder)
    outside = [path for path in files if path.parent == folder]
    if outside or not files:
        received = f"{len(outside)} images in no subfolder" if outside else "no image"
        raise ValueError(
            f"{folder} is expected to hold one folder of images for each class, and "
            f"optionally {unlabelled!r} for images without a label. Received: "
            f"{received}. Image files end in {', '.join(SUFFIXES)}."
        )
    return files, [path.relative_to(folder).parts[0] for path in files]


def expect_size(who, size):
    """Raises ValueError unless `size` is None or (height, width), both at least 1."""
    if size is None:
        return
    if not isinstance(size, tuple | list) or len(size) != 2:
        raise ValueError(f"{who} expects size=(height, width). Received: {size!r}.")
    for side, value in zip(("height", "width"), size, strict=True):
        expect_count(f"{who}: {side}", value, 1)


def read_images(paths, size=None, channels=1, on_unreadable="warn"):
    """Reads images of any size and mode into one array.

    Photographs are turned upright, as their camera noted. Transparent images are laid
    on white, 16-bit grey is scaled, and of an animation the first frame is taken. The
    largest centred crop of the wanted shape is scaled with antialiasing.

    Args:
        paths: list of paths.
        size: (height, width); by default that of the images, if they all agree.
        channels: 1 (grey) or 3 (RGB).
        on_unreadable: "warn" names files that cannot be read and goes on; "raise"
            stops.

    Returns:
        (float32 array (N, H, W, C) in [0, 1], int array (N,) of positions in paths).

    Raises:
        ValueError: where `size` is not such a pair, where sizes differ and none was
            given, or where no file can be read.
        OSError: for unreadable files, with on_unreadable="raise".
    """
    from tqdm import tqdm

    expect_size("read_images", size)
    expect_one_of("channels", channels, (1, 3))
    expect_one_of("on_unreadable", on_unreadable, ("raise", "warn"))
    if not paths:
        raise ValueError("read_images expects at least one image file. Received: none.")

    def read(path):
        try:
            return _read(path, size, channels)
        except Exception as error:  # decoders raise whatever they like
            return error

    with futures.ThreadPoolExecutor() as pool:
        images = list(
            tqdm(
                pool.map(read, paths),
                desc="Reading images",
                total=len(paths),
                disable=None,
                leave=False,
                delay=1,
            )
        )
    bad = [i for i, image in enumerate(images) if isinstance(image, Exception)]
    if bad:
        _report(paths, images, bad, on_unreadable=on_unreadable)
    good = np.setdiff1d(np.arange(len(paths)), bad)
    shapes = collections.Counter(images[i].shape[:2] for i in good)
    if len(shapes) > 1:
        shown = ", ".join(f"{h}x{w}" for (h, w), _ in shapes.most_common(3))
        raise ValueError(
            f"read_images expects images of one size. Received: {len(shapes)} sizes, "
            f"the most common of them {shown}. Pass size=(height, width)."
        )
    stacked = np.stack([images[i] for i in good])
    return stacked.astype("float32") / 255.0, good


def _read(path, size, channels):
    from PIL import Image, ImageOps

    with Image.open(path) as image:
        image.load()
        image = ImageOps.exif_transpose(image)
        if image.mode == "F":
            raise ValueError("its pixels are fractions of no known range; scale it")
        if image.mode.startswith("I;16") or image.mode == "I":
            # Pillow would clip these at 255.
            grey = np.asarray(image).astype("float64")
            image = Image.fromarray(
                (grey * (255.0 / 65535.0)).clip(0, 255).astype("u1")
            )
        if "transparency" in image.info or "A" in image.mode or image.mode == "PA":
            image = image.convert("RGBA")
            white = Image.new("RGBA", image.size, "white")
            image = Image.alpha_composite(white, image)
        image = image.convert("L" if channels == 1 else "RGB")
        if size is not None:
            resampling = Image.Resampling.BILINEAR  # antialiased in Pillow
            image = ImageOps.fit(image, (size[1], size[0]), resampling)
        return np.asarray(image).reshape(*image.size[::-1], channels)


def _report(paths, images, bad, on_unreadable):
    none_left = len(bad) == len(paths)  # naming ten of them is then enough
    named = bad[:10] if none_left else bad
    lines = [f"    {paths[i]}: {images[i]}" for i in named]
    if len(bad) > len(named):
        lines.append(f"    and {len(bad) - len(named)} more")
    message = f"{len(bad)} of {len(paths)} images cannot be read:\n" + "\n".join(lines)
    if on_unreadable == "raise":
        raise OSError(f"{message}\nRemove or replace them.")
    if none_left:
        raise ValueError(f"{message}\nReplace them.")
    warnings.warn(
        f"{message}\nThey are left out.", UnreadableImagesWarning, stacklevel=3
    )
