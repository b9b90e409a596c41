import numpy as np
import pandas as pd

from kvae.plots.palette import BRIGHT
from kvae.report.latent import latent_section, thumbnails, training_section
from kvae.report.parts import Chart, Notes


def test_a_part_of_the_rows_is_said_to_be_one():
    points = pd.DataFrame({"x": [0.0], "y": [0.0], "label": ["a"], "rows": ["real"]})
    points["name"] = "row"
    section = latent_section(points, 0.5, 7, by_class=True)
    texts = " ".join(getattr(part, "text", "") for part in section.parts)
    assert "50% of the variance" in texts and "1 of 7 rows" in texts
    assert "told the class" in texts


def test_a_vae_that_was_given_has_no_curve():
    section = training_section(None, ["a", "a", "b"])
    assert section.parts == (Notes(("a", "b")),)
    curve = pd.DataFrame({"loss": [2.0, 1.0]}, index=[1, 2])
    assert isinstance(training_section(curve, []).parts[0], Chart)


def test_each_image_is_a_picture():
    uris = thumbnails(np.random.default_rng(0).random((3, 4, 4, 1)))
    assert len(set(uris)) == 3


def test_more_classes_than_colours_are_said_to_share_them():
    labels = [f"class {i}" for i in range(len(BRIGHT) + 1)]
    points = pd.DataFrame({"x": np.arange(len(labels)), "label": labels})
    points = points.assign(y=points["x"], rows="real", name="row")
    texts = [part.text for part in latent_section(points, 1.0, len(labels)).parts]
    assert any("more classes than colours" in text for text in texts)
    few = latent_section(points[:3], 1.0, 3)
    assert not any("more classes" in part.text for part in few.parts)
