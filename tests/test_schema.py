import json

import pytest

from kvae.schema import Attribute, continuous


def test_width_is_the_length_of_the_span():
    assert Attribute("color", "nominal", (2, 7), levels=tuple("abcde")).width == 5


def test_continuous_attributes_have_a_column_each():
    assert [a.span for a in continuous(["a", "b"])] == [(0, 1), (1, 2)]


def test_refuses_unknown_kinds_and_empty_spans():
    with pytest.raises(ValueError, match="kind of attribute 'a' expects one of"):
        Attribute("a", "text", (0, 1))
    with pytest.raises(ValueError, match="span of attribute 'a'"):
        Attribute("a", "binary", (1, 1))


def test_a_hole_that_is_a_level_has_the_last_code():
    attribute = Attribute("a", "nominal", (0, 3), "level", levels=("x", "y"))
    assert attribute.codebook.shape == (3, 3)


def test_refuses_codes_that_do_not_fit_the_span():
    with pytest.raises(ValueError, match=r"'a' expects 2 column\(s\).*Received: 3"):
        Attribute("a", "nominal", (0, 3), levels=("x", "y"))
    with pytest.raises(ValueError, match=r"'a' expects 1 column\(s\).*Received: 2"):
        Attribute("a", "continuous", (0, 2))
    with pytest.raises(ValueError, match="missing of attribute 'a' expects one of"):
        Attribute("a", "continuous", (0, 1), "nan")


def test_spikes_need_a_column_each_one_for_other_and_one_for_the_number():
    rain = Attribute("rain", "continuous", (2, 6), "flag", spikes=(0.0,))
    assert (rain.values, rain.likelihood) == ((2, 5), "spiked")
    with pytest.raises(ValueError, match=r"'rain' expects 3 column\(s\).*Received: 1"):
        Attribute("rain", "continuous", (2, 3), spikes=(0.0,))
    with pytest.raises(ValueError, match="spikes of attribute 'rain' expect a number"):
        Attribute("rain", "nominal", (0, 3), levels=("x",), spikes=(0.0,))


def test_a_constant_needs_no_column():
    assert Attribute("a", "constant", (3, 3)).width == 0


@pytest.mark.parametrize(
    ("attribute", "likelihood"),
    [
        (Attribute("a", "continuous", (0, 2), "flag"), "gaussian"),
        (Attribute("a", "binary", (0, 1)), "bernoulli"),
        (Attribute("a", "nominal", (0, 2), levels=("x", "y")), "categorical"),
        (
            Attribute("a", "nominal", (0, 2), levels="xy", codes=((0, 1), (1, 1))),
            "bernoulli",
        ),
        (
            Attribute("a", "ordinal", (0, 1), levels="xyz", codes=((0,), (0.5,), (1,))),
            "gaussian",
        ),
        (Attribute("a", "constant", (0, 1), "flag"), None),
    ],
)
def test_the_likelihood_follows_from_kind_and_codes(attribute, likelihood):
    assert attribute.likelihood == likelihood


def test_config_is_json_and_comes_back():
    attribute = Attribute(
        "a", "nominal", (0, 3), "flag", ("x", "y"), ((0.0, 1.0), (1.0, 0.0))
    )
    config = json.loads(json.dumps(attribute.get_config()))
    assert Attribute.from_config(config) == attribute
