"""Numbers of a model that change while it trains."""

import keras
import pytest

from kvae.models.adjustable import Adjustable


class Layer(keras.layers.Layer):
    weight = Adjustable()
    replicas = 2


@pytest.mark.parametrize("value", [2, 2.0, (0.5, 3.0), [0.5, 3.0]])
def test_keeps_what_it_was_given_and_shows_it_to_the_graph(value):
    layer = Layer()
    layer.weight = value
    expected = tuple(value) if isinstance(value, list) else value
    assert layer.weight == expected
    assert Layer.weight.in_graph(layer, "float32").numpy().tolist() == (
        list(value) if isinstance(value, tuple) else value
    )
    assert not layer.weights
    assert Layer.weight.config(layer) == (
        list(value) if isinstance(value, tuple) else value
    )


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (-1, "weight expects a finite number >= 0"),
        (float("nan"), "weight expects a finite number >= 0"),
        ([1.0], "one for each replica"),
        ([1.0, -1.0], "weight expects a finite number >= 0"),
    ],
)
def test_refuses_what_is_no_weight(value, message):
    layer = Layer()
    with pytest.raises(ValueError, match=message):
        layer.weight = value


def test_one_for_all_stays_one_for_all():
    layer = Layer()
    layer.weight = 1.0
    with pytest.raises(ValueError, match="one for each replica where"):
        layer.weight = (1.0, 2.0)
    assert layer.weight == 1.0
