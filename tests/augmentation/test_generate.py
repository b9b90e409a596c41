import sys

import numpy as np
import pandas as pd
import pytest

from kvae.augmentation.generate import PROVENANCE, generate
from kvae.data.labels import counts_like
from kvae.models import MultiVAE
from kvae.samplers import SAMPLERS, Noise


def test_rows_are_the_decoders_for_the_recorded_parents(make_vae, table_rows):
    vae = make_vae()
    rows = generate(vae, *table_rows, Noise(alpha=0), n=3, row_id=np.arange(40) + 7)
    parents = rows.provenance["parent"].to_numpy(int) - 7
    expected = vae.decode(vae.encode(table_rows.x[parents])[0])
    np.testing.assert_allclose(rows.x, expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(rows.y, table_rows.y[parents])
    np.testing.assert_array_equal(rows.y, rows.provenance["label"])


def test_provenance_has_one_column_list_everywhere(make_vae, table_rows):
    for vae, sampler in (
        (make_vae(), "interpolate+noise"),
        (make_vae(seeds=(0, 1), cls=MultiVAE), "normal"),
    ):
        provenance = generate(vae, *table_rows, sampler, n=2).provenance
        assert {
            name: str(kind) for name, kind in provenance.dtypes.items()
        } == PROVENANCE
    assert provenance["parent"].isna().all()
    np.testing.assert_array_equal(provenance["replica"], [0, 0, 1, 1])


def test_as_many_as_real_ones_by_default(make_vae, table_rows):
    y = table_rows.y.astype(float)
    y[:15] = np.nan
    rows = generate(make_vae(), table_rows.x, y)
    np.testing.assert_array_equal(np.bincount(rows.y), [5, 20])
    y[:15] = -1
    again = generate(make_vae(), table_rows.x, y, unlabelled=-1)
    np.testing.assert_array_equal(again.x, rows.x)


def test_balance_tops_up_first_and_then_doubles():
    y = [0] * 6 + [1] * 2 + [-1] * 9
    assert counts_like(y) == {0: 6, 1: 2}
    assert counts_like(y, balance=True) == {0: 6, 1: 10}


def test_labels_need_not_follow_each_other(make_vae, table_rows):
    y = np.where(table_rows.y == 0, 3, 11)
    rows = generate(make_vae(), table_rows.x, y, n=2)
    np.testing.assert_array_equal(rows.y, [3, 3, 11, 11])


def test_samples_scatter_around_the_mean(make_vae, table_rows):
    kwargs = {"sampler": Noise(alpha=0), "n": 20_000, "seed": 0}
    for reconstruction, rows in (
        ("gaussian", table_rows),
        ("bernoulli", table_rows._replace(x=(table_rows.x > 1).astype("float32"))),
    ):
        vae = make_vae(reconstruction=reconstruction)
        mean = generate(vae, *rows, **kwargs).x
        sample = generate(vae, *rows, **kwargs, output="sample").x
        variance = 1.0 if reconstruction == "gaussian" else mean * (1 - mean)
        np.testing.assert_allclose((sample - mean).mean(), 0, atol=0.02)
        np.testing.assert_allclose(
            ((sample - mean) ** 2 - variance).mean(), 0, atol=0.02
        )
    assert set(np.unique(sample)) == {0.0, 1.0}


def test_distance_is_that_to_the_nearest_real_row(make_vae, table_rows, monkeypatch):
    rows = generate(make_vae(), *table_rows, n=4)
    measured = rows.with_distance(table_rows.x).provenance["distance"]
    every = np.linalg.norm(rows.x[:, None] - table_rows.x[None], axis=-1)
    np.testing.assert_allclose(measured.to_numpy(float), every.min(axis=1), rtol=1e-5)
    assert "distance" not in rows.provenance  # until it is asked for
    module = sys.modules["kvae.augmentation.generate"]  # the name is the function's
    monkeypatch.setattr(module, "DISTANCES_AT_MOST", 3)
    sampled = rows.with_distance(table_rows.x).provenance["distance"]
    assert sampled.notna().sum() == 3
    pd.testing.assert_series_equal(sampled.dropna(), measured[sampled.notna()])


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"sampler": "nois"}, "sampler expects one of"),
        ({"output": "mode"}, "output expects one of 'mean', 'sample'"),
        ({"sampler": "normal"}, "generative_classifier"),
        ({"n": {0: 3, 5: 3}}, "Class 5 has none"),
        ({"x": np.full((40, 4), np.nan)}, "NaN or infinite"),
        ({"x": np.zeros((40, 5))}, "shape"),
        ({"y": np.full(40, np.nan)}, "at least one row"),
        ({"y": np.repeat([-1, 1], 20)}, "pass unlabelled=-1"),
        ({"y": np.zeros(3, int)}, "one label per row"),
        ({"y": np.array(["a"] * 40)}, "np.unique"),
    ],
)
def test_says_what_is_wrong(make_vae, table_rows, kwargs, message):
    arguments = {"x": table_rows.x, "y": table_rows.y, **kwargs}
    with pytest.raises(ValueError, match=message):
        generate(make_vae(), **arguments)


@pytest.mark.parametrize("name", sorted(SAMPLERS))
def test_half_precision_models_generate_too(make_vae, table_rows, name):
    multi = {} if name == "propagate" else {"seeds": (0, 1), "cls": MultiVAE}
    vae = make_vae(**multi, dtype="mixed_bfloat16")
    rows = generate(vae, *table_rows, name, n=3)
    assert rows.x.dtype == "float32"
    assert np.isfinite(rows.x).all()


@pytest.mark.parametrize("vae", [{}, {"seeds": (0, 1), "cls": MultiVAE}])
def test_no_rows_are_no_problem(make_vae, table_rows, vae):
    assert generate(make_vae(**vae), *table_rows, n=0).x.shape == (0, 4)


def test_one_class_is_enough(make_vae, table_rows):
    rows = generate(make_vae(), table_rows.x[:5], table_rows.y[:5], "interpolate", n=3)
    np.testing.assert_array_equal(rows.y, [0, 0, 0])


def test_propagate_uses_the_rows_without_a_label(make_vae, table_rows):
    x, y = table_rows
    few = np.where(np.isin(np.arange(len(y)), (0, 20)), y.astype(float), np.nan)
    new = generate(make_vae(), x, few, "propagate", n=20)
    assert set(new.provenance["parent"]) > {0, 20}
    assert new.provenance["uncertainty"].between(0, 1).all()
    assert generate(make_vae(), x, few, n=20).provenance["uncertainty"].isna().all()


def test_a_filter_is_a_model_here(make_vae, table_rows):
    with pytest.raises(ValueError, match="expects a GenerativeClassifier"):
        generate(make_vae(), *table_rows, generative_classifier=True)
