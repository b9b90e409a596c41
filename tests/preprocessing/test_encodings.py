import json

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from kvae.preprocessing.columns import read_column
from kvae.preprocessing.encodings import Encoding, learn_encoding, normal_scores
from kvae.preprocessing.frame import FrameFormat


def test_scores_are_standard_and_an_outlier_counts_by_its_rank():
    values = np.exp(np.random.default_rng(0).normal(size=200))
    knots, scores = normal_scores(values)
    assert knots == tuple(sorted(values))
    np.testing.assert_allclose([np.mean(scores), np.std(scores)], [0, 1], atol=1e-6)
    values[values.argmax()] = 1e9
    np.testing.assert_array_equal(normal_scores(values)[1], scores)


def test_scores_are_normal_quantiles_of_the_middle_rank():
    _, scores = normal_scores(np.array([1.0, 1, 1, 5]))
    raw = stats.norm.ppf([3 / 8, 7 / 8])
    raw = raw - np.average(raw, weights=[3, 1])
    expected = raw / np.average(raw**2, weights=[3, 1]) ** 0.5
    np.testing.assert_allclose(scores, expected, rtol=1e-6)


def test_many_values_need_no_more_than_256_knots():
    values = np.arange(10_000.0)
    knots, scores = normal_scores(values)
    assert len(knots) <= 256
    assert (knots[0], knots[-1]) == (0, 9999)
    assert (np.diff(scores) > 0).all()


def test_many_levels_become_binary_numbers():
    frame = pd.DataFrame({"id": [f"{i:03}" for i in range(100)] + ["099"]})
    form = FrameFormat.of(frame)
    encoding = learn_encoding(form.to_tensors(frame)["id"], form.columns[0])
    assert encoding.levels[0] == "099"  # the most frequent
    assert encoding.codes.shape == (100, 7)
    assert len(np.unique(encoding.codes, axis=0)) == 100
    attribute = encoding.attribute(3)
    assert (attribute.span, attribute.likelihood) == ((3, 10), "bernoulli")


def test_where_few_values_repeat_each_has_its_share_of_a_normal_draw():
    frame = pd.DataFrame({"n": np.repeat([1, 2, 50], [20, 30, 50])})
    form = FrameFormat.of(frame)
    encoding = learn_encoding(form.to_tensors(frame)["n"], form.columns[0])
    np.testing.assert_allclose(stats.norm.cdf(encoding.bounds), [0.2, 0.5])
    assert encoding.scores[0] < encoding.bounds[0] < encoding.scores[1]


def test_spikes_are_levels_before_the_scores_of_the_rest():
    frame = pd.DataFrame({"n": np.append(np.zeros(20), np.arange(100, 110))})
    form = FrameFormat.of(frame)
    encoding = learn_encoding(form.to_tensors(frame)["n"], form.columns[0])
    assert (encoding.spikes, encoding.knots[0], encoding.width) == ((0,), 100, 3)
    assert encoding.attribute(4).spikes == (0,)


@pytest.mark.parametrize(
    "values",
    [
        [1.5, 2],
        ["a", None],
        list("abc"),
        [0, 1],
        [7, 7],
        [0] * 9 + [1.5, 2, None],
        [3, 50] * 9,
        [20190101, 20190102, 20190103],
    ],
)
def test_config_is_json_and_comes_back(values):
    column = read_column("c", "c", pd.Series(values))
    tensor = FrameFormat((column,)).to_tensors(pd.DataFrame({"c": values}))["c"]
    encoding = learn_encoding(tensor, column)
    config = json.loads(json.dumps(encoding.get_config()))
    assert Encoding.from_config(config) == encoding
