"""Images in two classes that are easy, or impossible, to tell apart."""

from pathlib import Path

import numpy as np
import pytest

from kvae.augmentation import refinement
from kvae.augmentation.refinement import refined_labels
from kvae.cli import my_images
from kvae.cli.class_folders import ClassFolders
from kvae.cli.my_images import MyImages

STEPS = 30


def folders(labelled=5, unlabelled=10, hard=False):
    """Bright upper halves against bright lower ones; with `hard` nothing but noise."""
    rng = np.random.default_rng(0)
    truth = np.tile([0, 1], labelled + unlabelled // 2)
    x = rng.random((len(truth), 8, 8, 1)).astype("float32") * (1 if hard else 0.3)
    if not hard:
        for image, c in zip(x, truth, strict=True):
            image[4 * c : 4 * c + 4] += 0.6
    labels = np.array(["up", "down"], object)[truth]
    labels[2 * labelled :] = None
    files = [Path("f", f"{i:02}.png") for i in range(len(x))]
    kept = np.arange(len(x))
    return ClassFolders(Path("f"), files, kept, x=x, labels=labels), truth


def said(images):
    return "\n".join(images.plan())


def test_the_plan_says_what_was_found_and_that_labels_spread_rightly():
    plan = said(MyImages(folders()[0]))
    assert "20 images of 8 x 8 pixels (height x width), grey" in plan
    assert "labelled: 5 of 'down', 5 of 'up'" in plan
    assert "without a label: 10" in plan
    assert "new images: 1000 of each class, drawn by 'propagate'" in plan
    assert "10 get the right label (100%; by guessing 50%)" in plan
    assert "too hard" not in plan


def test_the_plan_says_that_pixels_are_too_hard_and_own_features_help():
    few, truth = folders(labelled=20, hard=True)
    plan = said(MyImages(few))
    assert "pixels are probably too hard" in plan
    assert "--features" in plan
    features = truth[:, None] + np.random.default_rng(1).normal(0, 0.1, (len(truth), 2))
    images = MyImages(few, features=features)
    assert images.right_labels() == (40, 40)
    assert "labels spread over --features" in said(images)
    assert "too hard" not in said(images)
    noise = np.random.default_rng(2).random(features.shape)
    assert "try features of another model" in said(MyImages(few, features=noise))


def test_a_hidden_label_is_not_looked_at():
    few, _ = folders(labelled=20, hard=True)
    right, judged = MyImages(few).right_labels()
    assert judged == 40
    assert 8 <= right <= 32  # by guessing 20 +- 3, twice as much would be a leak


def test_a_class_of_one_image_is_named_and_judges_nothing():
    few, _ = folders(labelled=1)
    plan = said(MyImages(few))
    assert "classes of one image: 'down', 'up'" in plan
    assert "cannot be said: no class has two labelled images" in plan


def test_large_images_are_advised_to_be_scaled():
    few, _ = folders(labelled=1, unlabelled=0)
    large = ClassFolders(
        few.folder,
        few.files,
        few.kept,
        x=np.zeros((2, 120, 130, 1), "float32"),
        labels=few.labels,
    )
    assert "--size 64 64" in said(MyImages(large))


@pytest.mark.parametrize(
    ("unlabelled", "rows", "wanted", "sampler"),
    [
        (10, None, 1000, "propagate"),
        (0, None, 12, "extrapolate"),
        (10, 3, 3, "propagate"),
    ],
)
def test_how_many_images_and_how(unlabelled, rows, wanted, sampler):
    images = MyImages(folders(12, unlabelled)[0], rows)
    assert (images.wanted, images.sampler) == (wanted, sampler)


def test_labels_the_others_and_draws_new_ones_like_their_class(monkeypatch):
    monkeypatch.setattr(my_images, "ROUNDS", 1)
    few, truth = folders()
    images = MyImages(few, rows=20, steps=300)
    new, labels, found, fitted = images.augment()
    # "down" comes first by name, and is class 1 of the truth.
    np.testing.assert_array_equal(found.label, 1 - truth)
    assert sorted(set(labels)) == ["down", "up"]
    assert new.shape == (40, 8, 8, 1)
    brighter_below = new[:, 4:].mean((1, 2, 3)) > new[:, :4].mean((1, 2, 3))
    np.testing.assert_array_equal(brighter_below, labels == "down")
    # Drawn around images that had no label, too; and the model goes on doing so.
    _, _, lineage = fitted.sample(20, seed=5)
    assert few.labels[lineage["parent"].to_numpy("int64")].tolist().count(None) > 5


def test_each_training_part_of_the_verdict_does_what_is_done_for_what_is_written(
    monkeypatch,
):
    calls = []

    def refined(vae, x, y, rounds, seed, graph, **others):
        calls.append((vae, x, y, rounds, graph))
        return refined_labels(vae, x, y, rounds, seed, graph=graph, **others)

    monkeypatch.setattr(refinement, "refined_labels", refined)
    monkeypatch.setattr(my_images, "refined_labels", refined)
    monkeypatch.setattr(my_images, "FOLDS", 2)
    monkeypatch.setattr(my_images, "ROUNDS", 1)
    few, truth = folders(hard=True)
    noise = np.random.default_rng(1).normal(0, 0.1, (len(truth), 2))
    images = MyImages(few, rows=7, steps=STEPS, features=truth[:, None] + noise)
    given = images.verdict("logistic_regression")
    images.augment()
    *parts, written = [len(x) for _, x, *_ in calls]
    assert (len(parts), sum(parts), written) == (2, 10 + 2 * 10, 20)
    assert sum(int((y >= 0).sum()) for _, _, y, *_ in calls[:2]) == 10
    for vae, x, _, rounds, graph in calls:
        assert (rounds, vae.latent_dim) == (1, calls[-1][0].latent_dim)
        # Near each other are images with near features.
        rows = [np.flatnonzero((few.x == image).all((1, 2, 3)))[0] for image in x]
        of_row = truth[rows]
        assert (of_row[graph[0][:, :4]] == of_row[:, None]).mean() > 0.95
    assert given.unit == "labelled images"
    assert "the rows" not in given.sentence


def test_the_verdict_judges_as_many_images_as_are_written(monkeypatch):
    seen = {}

    def verdict(x, y, methods, **arguments):
        seen.update(methods={m.name: m for m in methods}, **arguments)

    monkeypatch.setattr(my_images, "verdict_from_rows", verdict)
    MyImages(folders()[0], rows=7).verdict(repeats=3, seconds=4.0)
    assert list(seen["methods"])[0] == "real images only"
    assert seen["methods"]["propagate"].least == 7
    assert seen["methods"]["propagate"].amount == 0  # 7, though there are more
    assert (seen["budget"].repeats, seen["budget"].seconds) == (3, 4.0)
    assert (seen["vae"].steps, seen["vae"].beta) == (2000, 0.2)
    MyImages(folders()[0], method="noise").verdict()
    assert seen["methods"]["noise"].least == 10
