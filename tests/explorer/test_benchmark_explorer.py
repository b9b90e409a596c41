"""The benchmark runs."""

import pytest

from tests.test_tools import run_quick


@pytest.mark.browser
def test_every_kind_of_move_is_answered(chromium):
    header, *lines = run_quick("benchmark_explorer")
    assert header.split()[:3] == ["data", "codes", "move"]
    medians = {line.split()[2]: float(line.split()[3]) for line in lines[:2]}
    assert set(medians) == {"slider", "click"}
    assert 0 < max(medians.values()) < 5000
