import base64
import io

import numpy as np
import pandas as pd
from PIL import Image

from kvae.report.parts import Grid, png_uri, sheet


def opened(uri):
    return Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2])))


def test_a_png_holds_the_image():
    image = np.random.default_rng(0).random((5, 7, 3))
    found = np.asarray(opened(png_uri(image)), "float64") / 255
    np.testing.assert_allclose(found, image, atol=0.002)
    assert opened(png_uri(image[..., :1])).mode == "L"
    assert opened(png_uri(np.zeros((300, 200)), most=96)).size == (64, 96)


def test_a_sheet_is_filled_line_by_line():
    images = np.stack([np.full((4, 4, 1), i / 10) for i in range(5)])
    whole = sheet(images, columns=3, gap=1)
    assert whole.shape == (9, 14, 1)
    assert np.allclose(whole[5:9, 0:4], 0.3) and np.allclose(whole[5:9, 10:], 1)


def test_a_grid_names_its_rows_where_asked():
    frame = pd.DataFrame({"n": [1]}, index=["a"])
    assert Grid.of(frame, index="row").rows == [["a", "1"]]
    assert Grid.of(frame, index=None).rows == [["1"]]
