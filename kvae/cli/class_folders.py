"""A folder of images, one folder for each class: what is in it, and what is odd."""

import collections
import dataclasses
import os
import warnings
from pathlib import Path

import numpy as np

from kvae.cli.phrases import quoted
from kvae.data.image_folder import SUFFIXES, files_of_classes, read_images
from kvae.warning_classes import UnreadableImagesWarning

GREY_MODES = ("1", "L", "LA", "La", "I", "F")  # and I;16 in any byte order


@dataclasses.dataclass(frozen=True)
class ClassFolders:
    """The images of a folder.

    Args:
        folder: Path.
        files: list of all image files, sorted by path; those that cannot be read, too.
        kept: int array (N,), positions in `files` of those that were read.
        x: float32 array (N, H, W, C) in [0, 1]; C = 1 where all are grey, else 3.
        labels: object array (N,) of str; None for images without a label.
        notes: tuple of str, what is odd in the folder.
    """

    folder: Path
    files: list
    kept: np.ndarray
    x: np.ndarray
    labels: np.ndarray
    notes: tuple[str, ...] = ()

    @property
    def names(self):
        """List of N str: the files that were read, seen from the folder."""
        return [self.files[i].relative_to(self.folder).as_posix() for i in self.kept]

    @property
    def counts(self):
        """Dict {class: labelled images}, sorted by name."""
        known = [label for label in self.labels if label is not None]
        return dict(sorted(collections.Counter(known).items()))

    @property
    def num_unlabelled(self):
        """int: images without a label."""
        return sum(label is None for label in self.labels)


def read_class_folders(folder, size=None, unlabelled="unlabelled"):
    """Reads the images of a folder that holds a folder for each class.

    Hidden files, files that are no images and folders without any are left out, and
    images that cannot be read are named.

    Args:
        folder: path.
        size: optional (height, width); by default that of the images, if they agree.
        unlabelled: str, the folder of images without a label.

    Returns:
        ClassFolders.

    Raises:
        OSError: where a folder cannot be opened.
        ValueError: for fewer than two classes, images outside of the folders, or images
            of several sizes, with the remedy.
    """
    folder = Path(folder).expanduser()
    if folder.is_dir():
        _expect_open(folder)
    files, owners = files_of_classes(folder, unlabelled)
    notes = _odd(folder, files, set(owners))
    sizes, is_grey = _headers(files)
    if len(sizes) > 1 and size is None:
        (height, width), _ = sizes.most_common(1)[0]
        shown = quoted([f"{h}x{w}" for (h, w), _ in sizes.most_common()])
        raise ValueError(
            f"The images of {folder} are expected to have one size. Received, height x "
            f"width: {shown}. Pass --size {height} {width}, or another: the largest "
            "centred crops are scaled to it."
        )
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UnreadableImagesWarning)
        x, kept = read_images(files, size, channels=1 if is_grey else 3)
    for warning in caught:
        if issubclass(warning.category, UnreadableImagesWarning):
            notes.append(f"{warning.message} Replace or remove them")
    if x.shape[3] == 3 and (x == x[..., :1]).all():
        x = x[..., :1]  # grey images that were saved as RGB
    owners = np.array(owners)[kept]
    labels = np.where(owners == unlabelled, None, owners.astype(object))
    read = ClassFolders(folder, files, kept, x=x, labels=labels, notes=tuple(notes))
    if len(read.counts) < 2:
        raise ValueError(
            f"{folder} is expected to hold a folder of images for each of at least two "
            f"classes. Received: {quoted(list(read.counts)) or 'none'}, and "
            f"{read.num_unlabelled} images in {unlabelled!r}. Label a few images of "
            "each class: move them into a folder of its name."
        )
    return read


def _expect_open(folder):
    for path in [folder, *(p for p in folder.rglob("*") if p.is_dir())]:
        if not os.access(path, os.R_OK | os.X_OK):
            raise PermissionError(
                f"The folder {path} cannot be opened. Allow reading it: chmod u+rx."
            )


def _odd(folder, files, owners):
    """Returns notes on what is left out."""
    notes = []
    every = [
        path
        for path in sorted(folder.rglob("*"))
        if not any(part.startswith(".") for part in path.relative_to(folder).parts)
    ]
    others = [str(p.relative_to(folder)) for p in every if not p.is_dir()]
    images = {str(path.relative_to(folder)) for path in files}
    others = [name for name in others if name not in images]
    if others:
        notes.append(
            f"files that are no images are left out: {quoted(others)}. Image files end "
            f"in {', '.join(SUFFIXES)}"
        )
    empty = [p.name for p in every if p.is_dir() and p.parent == folder]
    empty = [name for name in empty if name not in owners]
    if empty:
        notes.append(
            f"folders without an image are left out: {quoted(empty)}. Put images of "
            "that class into them, or remove them"
        )
    return notes


def _headers(files):
    """Returns (Counter of (height, width), whether all images are grey)."""
    from PIL import Image

    sizes, grey = collections.Counter(), True
    for path in files:
        try:
            with Image.open(path) as image:
                turned = image.getexif().get(0x0112, 1) >= 5  # by a quarter
                size = image.size if turned else image.size[::-1]
                grey &= image.mode in GREY_MODES or image.mode.startswith("I;16")
        except Exception:  # decoders raise anything; `read_images` says it
            continue
        sizes[size] += 1
    return sizes, grey
