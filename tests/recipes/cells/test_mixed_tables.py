"""VAEOverSampler beside the plain VAE; on the builder's dummy files."""

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.preprocessing import StandardScaler

import kvae
from kvae.augmentation.methods import BASELINE, SMOTE
from kvae.data import proben1
from kvae.data.attributes import from_frame
from kvae.experiments.protocol import default_settings
from kvae.resampling import VAEOverSampler
from recipes.cells import mixed_tables
from recipes.cells.auto import few_labels
from recipes.cells.mixed_tables import (
    MIXED_METHODS,
    OVER_SAMPLERS,
    PLAIN,
    train_mixed_cells,
)
from recipes.cells.tables import load_table

WHERE = {"data_dir": None, "manual_dir": Path(proben1.__file__).parent / "dummy_data"}
CARD, HORSE = "proben1/card1", "proben1/horse1"
INDEX = ["method", "trained_on", "seed"]


@pytest.fixture(scope="module")
def settings():
    settings = default_settings(kvae.load("wine"))
    vae = dataclasses.replace(settings.multi_vae, steps=20)
    return dataclasses.replace(settings, multi_vae=vae, steps=20)


@pytest.fixture
def train(settings):
    def train(methods, data=CARD, seeds=(0, 1), **kwargs):
        found = train_mixed_cells(
            data=data,
            shots=2,
            seeds=list(seeds),
            settings=settings,
            cells=[{"method": method} for method in methods],
            steps=20,
            **WHERE,
            **kwargs,
        )
        for method, rows in zip(methods, found, strict=True):
            assert {row["method"] for row in rows} == {method}
        return pd.DataFrame([row for rows in found for row in rows])

    return train


@pytest.fixture
def trained_on(monkeypatch):
    """What MLPs were trained on: (seed, real rows, generated rows) of each."""
    seen = []
    train_mlps = mixed_tables.train_mlps

    def watched(inputs, *rest):
        seen.extend(inputs)
        return train_mlps(inputs, *rest)

    monkeypatch.setattr(mixed_tables, "train_mlps", watched)
    return seen


@pytest.mark.filterwarnings("ignore:The VAE has collapsed")
def test_every_method_is_trained_on_both_and_on_generated_rows_alone(train):
    rows = train(MIXED_METHODS)
    assert set(MIXED_METHODS) == {BASELINE, SMOTE, PLAIN, *OVER_SAMPLERS}
    counts = rows.groupby("method")["trained_on"].value_counts().unstack(fill_value=0)
    assert set(counts.index) == set(MIXED_METHODS)
    assert (counts["both"] == 2).all()
    assert (counts.drop(index=BASELINE)["generated"] == 2).all()
    assert counts.loc[BASELINE, "generated"] == 0
    assert rows["weighted_f1"].between(0, 1).all()


@pytest.mark.filterwarnings("ignore:The VAE has collapsed")
def test_a_seed_is_the_same_in_any_company(train):
    many = train([PLAIN, "VAEOverSampler"], HORSE).set_index(INDEX)
    one = train(["VAEOverSampler"], HORSE, seeds=[1]).set_index(INDEX)
    assert len(one) == 2
    np.testing.assert_allclose(
        many["weighted_f1"][one.index], one["weighted_f1"], atol=1e-6
    )


@pytest.mark.filterwarnings("ignore:The VAE has collapsed")
@pytest.mark.parametrize("method", OVER_SAMPLERS)
def test_new_rows_are_those_that_a_user_gets(train, trained_on, method):
    """What the MLPs are trained on is what `fit_resample` says, in standard units."""
    train([method], HORSE, seeds=[3])
    source = load_table(HORSE, **WHERE)
    sampler = VAEOverSampler(
        **OVER_SAMPLERS[method],
        holes=False,
        sampling_strategy=2,
        steps=20,
        unlabelled=-1,
        random_state=3,
    )
    frame, labels = sampler.fit_resample(source.attributes(), few_labels(source, 2, 3))
    labelled = 2 * source.num_classes
    units = StandardScaler().fit(source.train.x)
    expected = units.transform(from_frame(frame[labelled:], source.schema))
    (seed, real, new), (_, alone, nothing) = trained_on
    assert seed == 3 and alone is new and nothing is None
    np.testing.assert_allclose(new.x, expected, atol=1e-4)
    np.testing.assert_array_equal(new.y, labels[labelled:])
    assert np.bincount(new.y).tolist() == [2] * source.num_classes
    expected = units.transform(kvae.few_shot(source, 2, 3).rows.x)
    np.testing.assert_allclose(real.x, expected, atol=1e-4)


@pytest.mark.parametrize("method", OVER_SAMPLERS)
def test_the_over_sampler_gets_the_table_as_it_is_and_few_labels(
    train, trained_on, monkeypatch, method
):
    """And what it returns is brought to the units of the other methods' rows."""
    asked = []

    class Repeats(VAEOverSampler):
        def fit_resample(self, X, y):  # noqa: N803  scikit-learn's names
            asked.append((X, y, self.get_params()))
            kept = np.flatnonzero(y >= 0)
            self.provenance_ = pd.DataFrame({"parent": kept})
            twice = np.concatenate([kept, kept])
            return X.iloc[twice], y[twice]

    monkeypatch.setattr(mixed_tables, "VAEOverSampler", Repeats)
    train([method], HORSE, development=True)
    source = load_table(HORSE, **WHERE).development()
    assert len(asked) == 2
    for seed, (frame, y, parameters) in enumerate(asked):
        pd.testing.assert_frame_equal(frame, source.attributes())
        assert frame.isna().any(axis=None)
        np.testing.assert_array_equal(y, few_labels(source, 2, seed))
        defaults = VAEOverSampler().get_params()
        said = {k: v for k, v in parameters.items() if v != defaults[k]}
        expected = {
            **OVER_SAMPLERS[method],
            "holes": False,
            "sampling_strategy": 2,
            "steps": 20,
            "unlabelled": -1,
        }
        assert said == expected | ({"random_state": seed})
    for _, real, new in trained_on[::2]:  # those on both
        order = np.lexsort(real.x.T), np.lexsort(new.x.T)
        np.testing.assert_allclose(real.x[order[0]], new.x[order[1]], atol=1e-5)


def test_unknown_methods_are_named(train):
    with pytest.raises(ValueError, match="methods of train_mixed_cells"):
        train(["auto"])
