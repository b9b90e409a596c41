import io
import tarfile

import numpy as np
import pandas as pd
from PIL import Image

from kvae.bulk.png_shards import LABELS, PNGShards
from kvae.bulk.row_sources import as_pngs


def test_a_tar_has_a_line_and_an_image_for_each_row_and_always_the_same_bytes(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, (3, 4, 5, 3)).astype("uint8")
    frame = pd.DataFrame({"png": as_pngs(pixels), "label": ["a", "b", "a"]})
    for name in ("one.tar", "two.tar"):
        PNGShards(frame).write(frame, tmp_path / name)
    assert (tmp_path / "one.tar").read_bytes() == (tmp_path / "two.tar").read_bytes()
    with tarfile.open(tmp_path / "one.tar") as archive:
        table = pd.read_csv(archive.extractfile(LABELS))
        assert archive.getnames() == [LABELS, *table["file"]]
        assert table["label"].tolist() == ["a", "b", "a"]
        for name, expected in zip(table["file"], pixels, strict=True):
            image = Image.open(io.BytesIO(archive.extractfile(name).read()))
            np.testing.assert_array_equal(image, expected)
