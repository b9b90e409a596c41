import numpy as np
from sklearn.datasets import make_moons

from kvae.semi_supervised import GraphLabels, SelfTraining


def test_labels_follow_the_moons():
    x, y = make_moons(400, noise=0.06, random_state=0)
    some = np.full(400, -1)
    for label in (0, 1):
        some[np.flatnonzero(y == label)[:4]] = label
    graph = GraphLabels(random_state=0)._guessed(*split(x, some), 0).argmax(axis=1)
    forest = SelfTraining(random_state=0)._guessed(*split(x, some), 0).argmax(axis=1)
    hidden = y[some < 0]
    assert (graph == hidden).mean() > (forest == hidden).mean() + 0.02


def split(x, y):
    from kvae.data.guarded import Rows

    return Rows(x[y >= 0], y[y >= 0]), x[y < 0]


def test_more_neighbours_than_rows():
    x = np.array([[0.0], [1.0], [5.0]])
    assert GraphLabels(k=10).fit(x, [0, -1, 1]).predict(x).tolist()[::2] == [0, 1]
