import sys

import numpy as np
import pytest

from kvae.cli import run_report
from kvae.cli.run_report import command_line, map_points, origin_section
from kvae.models import MultiVAE


def test_the_command_is_what_was_typed(monkeypatch):
    typed = ["/somewhere/bin/kvae", "augment", "my data.csv", "--target", "y"]
    monkeypatch.setattr(sys, "argv", typed)
    assert command_line() == "kvae augment 'my data.csv' --target y"


def test_a_section_says_versions_and_settings():
    section = origin_section({"steps": 7}, ["line"])
    rows = dict(section.parts[1].rows)
    assert set(run_report.PACKAGES) < set(rows)
    assert '"steps": 7' in section.parts[2].parts[0].text


def test_rows_of_both_kinds_are_on_one_map(make_vae, table_rows):
    groups = {"real": table_rows, "generated": table_rows.take(slice(0, 5))}
    points, share, total = map_points(make_vae(), groups, ["a", "b"])
    assert len(points) == total == 45 and 0 < share <= 1
    same = points[points["rows"] == "generated"][["x", "y"]].to_numpy()
    np.testing.assert_allclose(same, points[["x", "y"]].to_numpy()[:5], rtol=1e-5)


def test_of_many_rows_some_are_shown(make_vae, table_rows, monkeypatch):
    monkeypatch.setattr(run_report, "MOST_POINTS", 10)
    points, _, total = map_points(make_vae(), {"real": table_rows}, ["a", "b"])
    assert len(points) == 10 and total == 40 and points["row"].is_unique


@pytest.mark.parametrize("by_class", [False, True])
def test_rows_without_a_label_have_a_code_only_in_a_space_of_all(
    make_vae, table_rows, by_class
):
    kind = {"cls": MultiVAE, "seeds": (0, 1)} if by_class else {}
    y = np.where(np.arange(40) % 4 == 0, -1, table_rows.y)
    points, *_ = map_points(make_vae(**kind), {"real": (table_rows.x, y)}, ["a", "b"])
    assert (points["label"] == "no label").sum() == (0 if by_class else 10)
