"""What worlds share."""

import numpy as np
import pandas as pd

from kvae.explorer.world import Drawn


def test_a_table_of_draws_has_rows_labels_verdicts_and_lineage():
    rows = pd.DataFrame({"n": [1, 2]}, index=[5, 6])
    lineage = pd.DataFrame({"parent": [3, 4]}, index=[8, 9])
    drawn = Drawn(rows, ["a", "b"], np.array([True, False]), np.ones(2), lineage)
    table = drawn.table("kind")
    expected = ["n", "kind", "kvae_score", "kvae_accepted", "kvae_parent"]
    assert table.columns.tolist() == expected
    assert table.iloc[1].tolist() == [2, "b", 1.0, False, 4]


def test_a_table_of_drawn_images_has_a_line_for_each():
    drawn = Drawn(np.zeros((3, 2, 2, 1)), [""] * 3, None, None, pd.DataFrame())
    assert drawn.table("label").shape == (3, 1)


def test_a_space_of_a_class_has_the_codes_of_the_class(squares, pictures):
    assert squares.of_space(0).tolist() == list(range(60))
    assert pictures.of_space(1).tolist() == list(range(30, 60))
