import dataclasses

import numpy as np
import pandas as pd
import pytest

from kvae import experiments
from recipes import mnist_to_the_end
from recipes.cells import to_the_end
from recipes.cells.to_the_end import SPREAD, TRUE, EndSettings

CONFIG = mnist_to_the_end.Config(data="digits", rows=(2, 10), seeds=2, quick=True)


def test_the_true_labels_are_trained_once_for_each_seed():
    bundles = list(mnist_to_the_end.bundles(CONFIG))
    seen = [
        (b.arguments["seed"], b.arguments["shots"], [c["method"] for c in b.cells])
        for b in bundles
    ]
    of_seed = [(2, [SPREAD, TRUE]), (10, [SPREAD])]
    assert seen == [(seed, *row) for seed in (0, 1) for row in of_seed]


@pytest.mark.slow
def test_it_learns_from_all_images_and_stops_by_those_held_out(tmp_path):
    (bundle,) = mnist_to_the_end.bundles(
        dataclasses.replace(CONFIG, seeds=1, rows=(5,))
    )
    end = EndSettings(batch_size=32, patience=2, epochs=12)
    arguments = {**bundle.arguments, "end": end}
    bundle = dataclasses.replace(bundle, arguments=arguments, where={"cache": tmp_path})
    (spread,), (true,) = bundle.run(list(bundle.cells))
    assert true["label_accuracy"] == true["label_share"] == spread["label_share"] == 1
    assert 0.7 < spread["label_accuracy"] < 1
    assert 1 <= true["epochs"] <= 12
    assert spread["accuracy"] > 0.8 and true["accuracy"] > 0.9


def test_an_epoch_has_each_image_once_moved_anew():
    x = np.zeros((64, 8, 8, 1), "float32")
    x[:, 2:6, 2:6] = 1
    batches = to_the_end._Moved(to_the_end.Rows(x, np.arange(64)), 16, seed=0)
    first = [batches[i] for i in range(len(batches))]
    assert sorted(np.concatenate([y for _, y in first])) == list(range(64))
    batches.on_epoch_end()
    assert not np.array_equal(first[0][0], batches[0][0])


def test_the_table_has_means_and_ranges(tmp_path, capsys):
    made = pd.DataFrame(
        {
            "data": "mnist",
            "shots": [2, 2, 2],
            "method": [SPREAD, SPREAD, TRUE],
            "seed": [0, 1, 0],
            "accuracy": [0.97, 0.99, 0.995],
            "weighted_f1": [0.97, 0.99, 0.995],
            "label_accuracy": [0.98, 0.98, 1.0],
            "label_share": 1.0,
            "epochs": [8, 10, 12],
            "revision": "abc",
            "date": "2026-01-01",
        }
    )
    mnist_to_the_end.write(mnist_to_the_end.Config(out=tmp_path), made)
    table = pd.read_csv(tmp_path / "summary.csv").set_index("method")
    assert table.loc[SPREAD, "accuracy"] == 0.98
    assert table.loc[SPREAD, "accuracy_low"] == 0.97
    assert table["runs"].tolist() == [2, 1]
    assert "range of accuracy" in capsys.readouterr().out


def test_the_settings_are_part_of_a_cells_name():
    bundle, *_ = mnist_to_the_end.bundles(CONFIG)
    other = {**bundle.arguments, "end": EndSettings(patience=9)}
    changed = experiments.Bundle(bundle.function, other, bundle.cells)
    assert not set(changed.keys()) & set(bundle.keys())
