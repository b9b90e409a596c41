import numpy as np
import pytest

from kvae.cli.class_folders import read_class_folders
from kvae.cli.image_report import ImageFindings, image_page
from kvae.cli.my_images import MyImages


@pytest.fixture(scope="module")
def findings(tmp_path_factory):
    """A run on a few digits, two classes, most of them without a label."""
    from PIL import Image

    import kvae

    digits = kvae.load("digits").train
    root = tmp_path_factory.mktemp("digits")
    for i in np.flatnonzero(digits.y < 2)[:60]:
        known = i % 3 == 0
        folder = root / (str(digits.y[i]) if known else "unlabelled")
        folder.mkdir(exist_ok=True)
        pixels = np.rint(digits.x[i, ..., 0] * 255).astype("uint8")
        Image.fromarray(pixels).save(folder / f"{i}.png")
    images = MyImages(read_class_folders(root, None, "unlabelled"), rows=20, steps=20)
    new, labels, spread, fitted = images.augment()
    return ImageFindings(
        folder=root,
        out=root.parent / "out",
        images=images,
        plan=["a note"],
        new=new,
        labels=labels,
        spread=spread,
        fitted=fitted,
    )


@pytest.fixture(scope="module")
def page(findings):
    return image_page(findings)


def test_doubtful_labels_and_images_are_shown(page):
    titles = [section.title for section in page.sections]
    assert titles[0] == "Labels guessed for images without one"
    assert titles[1:3] == ["New images", "Doubtful new images"]
    likely = [
        int(line.rpartition(": ")[2][:-1])
        for _, line in page.sections[0].parts[1].pictures
    ]
    assert likely == sorted(likely) and len(likely) == 36


def test_next_steps_name_the_labels(page):
    told = " ".join(step.before for step in page.next_steps)
    assert "labels.csv" in told


@pytest.mark.browser
@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [375, 1440])
def test_the_report_loads(page, tmp_path, open_page, barriers, width, dark):
    opened = open_page(page.write(tmp_path / "r.html").as_uri(), width, dark)
    opened.wait_for_selector("body[data-ready]")
    assert opened.problems == [] and barriers(opened) == []
    assert opened.evaluate("document.documentElement.scrollWidth") <= width
