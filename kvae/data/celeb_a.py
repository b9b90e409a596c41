"""CelebA from a folder that tfds prepared: faces with 40 attributes."""

from kvae.checks import expect_count, expect_one_of
from kvae.data.guarded import Rows
from kvae.data.prepared import image_in_unit_range, open_prepared, read_part
from kvae.data.source import Source

# The faces fill the middle of the aligned 218x178 images.
CROP = (148, 148)


def celeb_a(data_dir=None, label="Smiling", size=64, num_rows=20_000):
    """Returns faces, cropped around the centre, with one of 40 attributes as label.

    Args:
        data_dir: tfds folder, as in `kvae.load`.
        label: str, the attribute that is the class: "Smiling", "Eyeglasses", "Male",
            ...; the error for an unknown one lists them all.
        size: int, height and width in pixels.
        num_rows: int, how many rows of each part are read at most, from the first on;
            a 64x64 face takes 49 kB, all 162,770 training rows 8 GB. None reads all.

    Returns:
        Source of RGB images (N, size, size, 3) in [0, 1].

    Raises:
        FileNotFoundError: where the data is not prepared; names the remedy.
        ValueError: for an unknown attribute, or a size or num_rows below 1.

    Reference:
        Liu, Luo, Wang and Tang 2015, "Deep learning face attributes in the wild".
    """
    expect_count("size", size, 1)
    if num_rows is not None:
        expect_count("num_rows", num_rows, 1)
    builder = open_prepared("celeb_a", data_dir)
    return read_faces(builder, label, size=size, num_rows=num_rows)


def read_faces(builder, label, size, num_rows):
    """Returns the Source that `celeb_a` describes, from an open tfds builder."""
    expect_one_of("label", label, list(builder.info.features["attributes"]))
    upto = "" if num_rows is None else f"[:{num_rows}]"

    def select(row):
        face = image_in_unit_range(row["image"], (size, size), CROP)
        return face, row["attributes"][label]

    parts = {
        split: Rows(*read_part(builder, f"{split}{upto}", select))
        for split in ("train", "validation", "test")
    }
    parts = {name: Rows(rows.x, rows.y.astype("int64")) for name, rows in parts.items()}
    return Source(
        f"celeb_a/{label}",
        train=parts["train"],
        guarded_test=parts["test"],
        class_names=(f"not {label}", label),
        citation=builder.info.citation,
        licence="non-commercial research",
        validation=parts["validation"],
    )
