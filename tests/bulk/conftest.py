"""Saved models to make shards of, and frames of every kind of column."""

import numpy as np
import pandas as pd
import pytest

from kvae import VAEOverSampler


def make_table(rows=60):
    stream = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "size": stream.normal(size=rows),
            "count": pd.array(stream.integers(0, 50, rows), "Int64"),
            "colour": pd.Categorical(stream.choice(["red", "green", "blue"], rows)),
            "word": stream.choice(["up", "down"], rows),
            "day": pd.Timestamp("2024-01-01")
            + pd.to_timedelta(stream.integers(0, 300, rows), "D"),
            "yes": stream.random(rows) > 0.5,
        }
    )
    frame.loc[::7, ["size", "count", "word", "day"]] = None
    return frame


@pytest.fixture(scope="session")
def mixed_table():
    """Makes a table of numbers, words, categories, dates, answers and holes."""
    return make_table


@pytest.fixture(scope="session")
def table_model(tmp_path_factory):
    """The folder of an over-sampler of a table, with the target `kind`."""
    frame = make_table()
    y = pd.Series(np.where(np.arange(len(frame)) % 3, "often", "seldom"), name="kind")
    sampler = VAEOverSampler(sampling_strategy=1, steps=2, beta=0.0, random_state=0)
    sampler.fit_resample(frame, y)
    folder = tmp_path_factory.mktemp("models") / "table"
    sampler.save(folder)
    return folder


@pytest.fixture(scope="session")
def image_model(tmp_path_factory):
    """The folder of an over-sampler of images (8, 8, 1)."""
    stream = np.random.default_rng(0)
    images = stream.random((20, 8, 8, 1)).astype("float32")
    sampler = VAEOverSampler(sampling_strategy=1, steps=2, beta=0.0, random_state=0)
    sampler.fit_resample(images, np.arange(20) % 2)
    folder = tmp_path_factory.mktemp("models") / "images"
    sampler.save(folder)
    return folder


@pytest.fixture(scope="session")
def graph_model(table_model, tmp_path_factory):
    """The folder of a SavedModel of the same table."""
    from kvae.serving import export

    fitted = VAEOverSampler.load(table_model)
    folder = tmp_path_factory.mktemp("models") / "graph"
    names = [str(label) for label in fitted.classes_]
    table = fitted.table_
    export(
        fitted.vae_,
        folder / "1",
        class_names=names,
        table=table,
        target="kind",
        signatures=["sample_batch"],
    )
    return folder
