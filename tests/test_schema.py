import pytest

from kvae.schema import Attribute, continuous


def test_width_is_the_length_of_the_span():
    assert Attribute("color", "nominal", (2, 7)).width == 5


def test_continuous_attributes_have_a_column_each():
    assert [a.span for a in continuous(["a", "b"])] == [(0, 1), (1, 2)]


def test_refuses_unknown_kinds_and_empty_spans():
    with pytest.raises(ValueError, match="kind of attribute 'a' expects one of"):
        Attribute("a", "text", (0, 1))
    with pytest.raises(ValueError, match="span of attribute 'a'"):
        Attribute("a", "binary", (1, 1))
