import pytest

import kvae


def test_unknown_names_are_answered_with_the_known():
    with pytest.raises(
        ValueError, match="'breast_cancer', .*'mnist', 'olivetti', 'proben1/card1'"
    ):
        kvae.load("cifar")


def test_unknown_options_are_answered_with_the_known():
    with pytest.raises(ValueError, match=r"'shapes' expects one of .*'size'.*'shots'"):
        kvae.load("shapes", shots=3)
    with pytest.raises(ValueError, match="'manual_dir'"):
        kvae.load("proben1/card1", size=3)
