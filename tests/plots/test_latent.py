import numpy as np

from kvae.plots import plot_latent


def test_every_point_is_drawn_in_its_classes_color(ax):
    points = np.random.default_rng(0).normal(size=(30, 2))
    labels = np.arange(30) % 3
    plot_latent(points, labels, ("a", "b", "c"), ax, marked=[0, 1])
    drawn = np.concatenate([c.get_offsets() for c in ax.collections])
    assert len(drawn) == 32  # the two marked points stand twice
    assert {tuple(p) for p in points} <= {tuple(p) for p in drawn}
    names = [text.get_text() for text in ax.get_legend().get_texts()]
    assert names == ["a", "b", "c"]


def test_names_stand_in_the_middle_of_their_points(ax):
    points = np.array([[0.0, 0.0], [2.0, 4.0], [9.0, 9.0]])
    plot_latent(points, np.array([0, 0, 1]), ("a", "b", "none"), ax, named=True)
    assert [(t.get_text(), t.get_position()) for t in ax.texts] == [
        ("a", (1, 2)),
        ("b", (9, 9)),
    ]
    assert ax.get_legend() is None
