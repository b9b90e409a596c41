"""Trouble is said."""

import pytest

from kvae.explorer.page.trouble import in_words
from kvae.serving.client import ServingError


@pytest.mark.parametrize("error", [ServingError, ConnectionError, ValueError])
def test_what_a_user_can_mend_is_said(error):
    def fails(argument):
        raise error(f"No {argument}.")

    assert in_words(fails, "answer") == "No answer."


def test_a_fault_of_the_program_is_not_hidden():
    with pytest.raises(ZeroDivisionError):
        in_words(lambda: 1 / 0)
