import keras
import numpy as np
import pytest
from keras import ops

from kvae.training.optimizers import ReplicatedAdam

RATES = 0.1, 0.01, 0.001
STREAM = np.random.default_rng(0)
START = STREAM.normal(size=(3, 4, 2)).astype("float32")
GRADIENTS = STREAM.normal(size=(5, 3, 4, 2)).astype("float32")


def moved(optimizer, start, gradients):
    """Returns where a variable is after a step for each gradient."""
    variable = keras.Variable(start)
    for gradient in gradients:
        optimizer.apply([ops.convert_to_tensor(gradient)], [variable])
    return variable.numpy()


@pytest.mark.parametrize("arguments", [{}, {"beta_1": 0.5, "amsgrad": True}])
def test_a_replica_moves_as_alone_with_its_rate(arguments):
    together = moved(ReplicatedAdam(RATES, **arguments), START, GRADIENTS)
    for r, rate in enumerate(RATES):
        alone = keras.optimizers.Adam(rate, **arguments)
        expected = moved(alone, START[r], GRADIENTS[:, r])
        np.testing.assert_allclose(together[r], expected, rtol=1e-5, atol=1e-7)


def test_the_learning_rate_of_a_callback_scales_all_rates():
    halved = ReplicatedAdam(RATES)
    halved.learning_rate = 0.5
    expected = moved(ReplicatedAdam([rate / 2 for rate in RATES]), START, GRADIENTS)
    np.testing.assert_allclose(moved(halved, START, GRADIENTS), expected, rtol=1e-5)


def test_is_the_same_after_its_config_even_with_steps_behind_it():
    optimizer = ReplicatedAdam(RATES, learning_rate=0.5, epsilon=1e-3)
    again = ReplicatedAdam.from_config(optimizer.get_config())
    assert again.get_config() == optimizer.get_config()
    np.testing.assert_array_equal(
        moved(again, START, GRADIENTS), moved(optimizer, START, GRADIENTS)
    )


def test_variables_of_another_number_of_replicas_are_refused():
    message = r"3 learning rates and expects variables \(3, ...\).*shape \(2, 4\)"
    with pytest.raises(ValueError, match=message):
        moved(ReplicatedAdam(RATES), np.zeros((2, 4), "float32"), np.ones((1, 2, 4)))


@pytest.mark.parametrize("name", ["weight_decay", "clipnorm", "global_clipnorm"])
def test_what_would_be_of_the_whole_stack_is_refused(name):
    with pytest.raises(ValueError, match=f"has no {name}"):
        ReplicatedAdam([0.1, 0.2], **{name: 0.5})
