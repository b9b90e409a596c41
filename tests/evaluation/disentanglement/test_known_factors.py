import numpy as np
import pandas as pd
import pytest

from kvae.evaluation import disentanglement
from kvae.evaluation.disentanglement.known_factors import as_levels, halves

OF_FACTORS = [
    disentanglement.mig,
    disentanglement.sap,
    disentanglement.dci,
    disentanglement.factor_vae_score,
    disentanglement.beta_vae_score,
]
Z = np.random.default_rng(0).normal(size=(40, 3))
V = np.random.default_rng(1).integers(2, size=(40, 2))


def with_value(array, value):
    changed = array.astype(object if value is None else float)
    changed[3, 1] = value
    return changed


def test_words_numbers_and_booleans_are_levels():
    frame = pd.DataFrame(
        {
            "colour": ["red", "blue", "red", "red"],
            "size": [0.2, 0.1, 0.3, 0.3],
            "old": [True, False, False, True],
            "grade": pd.Categorical(list("lmml"), categories=list("lmh")),
            "count": pd.array([7, 7, 9, 7], "Int64"),
        }
    )
    levels = as_levels("mig", frame)
    assert levels.dtype == "int64"
    for column, name in zip(levels.T, frame, strict=True):
        same = column[:, None] == column
        values = frame[name].to_numpy()
        np.testing.assert_array_equal(same, values[:, None] == values)
        assert column.min() == 0 and column.max() == frame[name].nunique() - 1


@pytest.mark.parametrize("dtype", [float, object])
def test_a_continuous_factor_is_cut_at_its_deciles(dtype):
    values = np.random.default_rng(0).exponential(size=500)
    (levels,) = as_levels("mig", values.astype(dtype)).T
    np.testing.assert_array_equal(np.bincount(levels), [50] * 10)
    assert (np.diff(levels[np.argsort(values)]) >= 0).all()


def test_fifty_numbers_are_levels_and_fifty_one_are_continuous():
    assert as_levels("mig", np.arange(100) % 50).max() == 49
    assert as_levels("mig", np.arange(102) % 51).max() == 9


def test_a_number_that_is_mostly_zero_keeps_levels_without_gaps():
    values = np.concatenate([np.zeros(930), np.arange(1, 71)])
    (levels,) = as_levels("mig", values).T
    assert np.unique(levels).tolist() == list(range(levels.max() + 1))


@pytest.mark.parametrize("score", OF_FACTORS, ids=lambda score: score.__name__)
@pytest.mark.parametrize(
    ("codes", "factors", "message"),
    [
        (with_value(Z, np.nan), V, r"\(codes\) expects finite.*1 row\(s\): 3"),
        (with_value(Z, np.inf), V, r"\(codes\) expects finite numbers.*diverged"),
        (Z[:, 0], V, r"\(codes\) expects an input of shape \(N, d\)"),
        (Z[:, :0], V, "latents"),
        (Z.astype(str), V, "expects numbers"),
        (Z, V[:30], "40 rows of codes, 30 of factors"),
        (Z, V[:, :, None], r"\(factors\) expects an input of shape \(N, K\)"),
        (Z, V[:, :0], "at least one row and one known factor"),
        (Z[:0], V[:0], "at least one row and one known factor"),
        (Z, with_value(V, np.nan), "factor 1 for every row. Received: 1 missing, in"),
        (Z, with_value(V, None), "factor 1 for every row. Received: 1 missing, in"),
        (Z, with_value(V, np.inf), r"\(factor 1\) expects finite numbers"),
        (Z, V * [0, 1], r"factor 0, which is 0\.0 in all 40 rows. Leave it out"),
    ],
)
def test_every_score_says_what_is_wrong(score, codes, factors, message):
    with pytest.raises(ValueError, match=message) as error:
        score(codes, factors)
    assert score.__name__ in str(error.value)


def test_the_name_of_a_column_is_named():
    with pytest.raises(ValueError, match="factor 'shape', which is 'disc'"):
        as_levels("mig", pd.DataFrame({"x": [1, 2], "shape": ["disc", "disc"]}))


@pytest.mark.parametrize("score", OF_FACTORS[:3], ids=lambda score: score.__name__)
def test_one_latent_is_too_few_to_tell_apart(score):
    with pytest.raises(ValueError, match="at least 2 latents"):
        score(Z[:, :1], V)


@pytest.mark.parametrize("score", OF_FACTORS[2:], ids=lambda score: score.__name__)
def test_one_factor_is_too_few_to_tell_apart(score):
    with pytest.raises(ValueError, match=rf"{score.__name__}.*expects"):
        score(Z, V[:, :1])


@pytest.mark.parametrize("score", OF_FACTORS[1:], ids=lambda score: score.__name__)
def test_scores_that_learn_are_the_same_for_a_seed(score, factors, mixed):
    assert score(mixed, factors, seed=3) == score(mixed, factors, seed=3)
    assert score(mixed, factors, seed=3) != score(mixed, factors, seed=4)


def test_halves_hold_every_row_once_and_need_four():
    one, other = halves("sap", 9, seed=0)
    assert sorted([*one, *other]) == list(range(9))
    with pytest.raises(ValueError, match="sap expects at least 4 rows"):
        halves("sap", 3, seed=0)


@pytest.mark.parametrize("score", OF_FACTORS, ids=lambda score: score.__name__)
def test_the_order_of_latents_and_the_units_of_codes_do_not_matter(
    score, factors, mixed
):
    turned = mixed[:, ::-1] * [-3.0, 0.01, 100.0, 1.0] + 5.0
    np.testing.assert_allclose(score(turned, factors), score(mixed, factors), atol=0.05)


@pytest.mark.parametrize("score", OF_FACTORS, ids=lambda score: score.__name__)
def test_a_constant_code_says_nothing(score, factors):
    found = np.abs(score(np.zeros((len(factors), 4)), factors))
    np.testing.assert_allclose(found, 0, atol=1e-9)


def test_a_continuous_attribute_is_found_in_the_latent_that_is_it():
    values = np.random.default_rng(0).uniform(size=(4000, 2))
    assert disentanglement.mig(values, values) > 0.9
    assert disentanglement.sap(values, values) > 0.9
    assert min(disentanglement.dci(values, values)) > 0.9
    assert disentanglement.factor_vae_score(values, values) > 0.95
    assert disentanglement.beta_vae_score(values, values) > 0.95
