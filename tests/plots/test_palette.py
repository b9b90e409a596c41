import matplotlib.colors
import numpy as np

from kvae.plots.palette import MARKERS, PALETTE, color_of, marker_of

# Viénot, Brettel and Mollon 1999: linear RGB as those without red or green cones see.
PROTAN = np.array([[0.1124, 0.8876, 0], [0.1124, 0.8876, 0], [0.0040, -0.0040, 1]])
DEUTAN = np.array([[0.2928, 0.7072, 0], [0.2928, 0.7072, 0], [-0.0223, 0.0223, 1]])


def test_colours_stay_apart_for_the_colour_blind():
    rgb = np.array([matplotlib.colors.to_rgb(color) for color in PALETTE])
    for seen in (np.eye(3), PROTAN, DEUTAN):
        shown = np.clip(rgb**2.2 @ seen.T, 0, 1) ** (1 / 2.2)
        apart = np.linalg.norm(shown[:, None] - shown[None], axis=-1)
        assert apart[~np.eye(len(PALETTE), dtype=bool)].min() > 0.12
        # On white paper.
        assert np.linalg.norm(1 - shown, axis=-1).min() > 0.3


def test_colours_and_marks_repeat_after_ten():
    assert len(set(PALETTE)) == len(set(MARKERS)) == 10
    assert color_of(13) == PALETTE[3]
    assert marker_of(13) == MARKERS[3]
