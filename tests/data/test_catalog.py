import pytest

import kvae


def test_unknown_names_are_answered_with_the_known():
    with pytest.raises(ValueError, match="'breast_cancer', 'digits', 'mnist', 'wine'"):
        kvae.load("cifar")
