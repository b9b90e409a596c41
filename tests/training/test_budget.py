"""A budget is checked where it is made."""

import pytest

from kvae.training import Budget


@pytest.mark.parametrize("bad", [{"folds": 1}, {"repeats": 0}, {"steps": 0.5}])
def test_a_budget_of_nothing_is_refused(bad):
    with pytest.raises(ValueError, match=f"{next(iter(bad))} of Budget"):
        Budget(**bad)
