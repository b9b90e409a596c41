"""The protocol: no fitted object sees a test row; every method has its rows."""

import dataclasses

import numpy as np
import pytest

import kvae
from kvae.augmentation.methods import (
    IMAGE_METHODS,
    METHODS,
    TABLE_METHODS,
)
from kvae.data.guarded import Rows
from kvae.experiments import (
    default_settings,
    fit_multi_vaes,
    fit_single_vaes,
)
from kvae.models import take
from kvae.preprocessing import standardize
from kvae.training.classifiers import (
    train_convnet,
    train_logistic_regression,
    train_mlps,
)

SEEDS = (0, 1)


def quick_settings(source):
    settings = default_settings(source).quick()
    vaes = {
        name: dataclasses.replace(getattr(settings, name), steps=20)
        for name in ("single_vae", "multi_vae")
    }
    return dataclasses.replace(settings, **vaes, steps=20)


def fit_everything(source):
    """Returns every fitted array: VAEs, generated rows, classifiers."""
    if not source.is_image:
        source = standardize(source)
    settings = quick_settings(source)
    draws = [kvae.few_shot(source, 3, seed) for seed in SEEDS]
    singles = fit_single_vaes(source, SEEDS, settings.single_vae)
    multis = fit_multi_vaes(draws, SEEDS, settings.multi_vae, mix_in=0.2)
    fitted = {"single": singles.get_weights(), "multi": multis[1].get_weights()}
    cells = []
    for method in IMAGE_METHODS if source.is_image else TABLE_METHODS:
        vaes = {"single": take(singles, 1), "multi": multis[1]}
        _, new, _ = METHODS[method].rows(draws[1].rows, SEEDS[1], vaes, places=320)
        fitted[method] = [] if new is None else [new.x, new.y]
        cells.append((1, draws[1].rows, new))
        if source.is_image:
            weights, _ = train_convnet(*cells[-1], 10, settings)
            fitted[f"classifier of {method}"] = weights
        else:
            linear = train_logistic_regression(*cells[-1])
            fitted[f"classifier of {method}"] = [linear.coef_]
    if not source.is_image:
        mlps = train_mlps(cells, source.num_classes, settings)
        fitted["MLPs"] = mlps.get_weights()
    return fitted


@pytest.mark.parametrize("name", ["digits", "wine"])
def test_no_fitted_object_sees_a_test_row(name):
    source = kvae.load(name)
    test = source.guarded_test
    stream = np.random.default_rng(0)
    signs = np.where(stream.random(test.x.shape) < 0.5, -1e6, 1e6)
    poison = Rows(signs.astype("float32"), stream.permutation(test.y))
    poisoned = dataclasses.replace(source, guarded_test=poison)
    clean, other = fit_everything(source), fit_everything(poisoned)
    assert len(clean) > 15
    for key in clean:
        for ours, theirs in zip(clean[key], other[key], strict=True):
            np.testing.assert_array_equal(ours, theirs, err_msg=key)


def test_a_seeds_vae_is_the_same_in_any_company():
    source = standardize(kvae.load("wine"))
    settings = quick_settings(source).single_vae
    draws = [kvae.few_shot(source, 3, seed) for seed in (4, 5, 6)]
    many = fit_single_vaes(source, (4, 5, 6), settings)
    one = fit_single_vaes(source, (6,), settings)
    for ours, theirs in zip(take(many, 2).weights, take(one, 0).weights, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-5)
    multis = fit_multi_vaes(draws, (4, 5, 6), settings)
    (alone,) = fit_multi_vaes(draws[2:], (6,), settings)
    for ours, theirs in zip(multis[2].weights, alone.weights, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-5)


@pytest.fixture(scope="module")
def wine():
    source = standardize(kvae.load("wine"))
    settings = quick_settings(source)
    draw = kvae.few_shot(source, 4, 0)
    single = take(fit_single_vaes(source, (0,), settings.single_vae), 0)
    (multi,) = fit_multi_vaes([draw], (0,), settings.multi_vae)
    return draw.rows, {"single": single, "multi": multi}


@pytest.mark.parametrize("method", TABLE_METHODS[1:])
def test_methods_generate_as_many_rows_per_class_as_asked(wine, method):
    labelled, vaes = wine
    for n, expected in ((None, 4), (7, 7)):
        new = METHODS[method].rows(labelled, 0, vaes, n=n, places=320).generated
        if method == "input noise":  # a new row for every place of every batch
            expected = -(-320 // 12) * 4
        np.testing.assert_array_equal(np.bincount(new.y), [expected] * 3)
        assert new.x.dtype == "float32"


def test_smote_goes_between_rows_of_a_class(wine):
    labelled, _ = wine
    rows = METHODS["SMOTE"].rows(labelled, 0, n=30).generated
    for label in range(3):
        real = labelled.x[labelled.y == label]
        new = rows.x[rows.y == label]
        assert (new >= real.min(axis=0) - 1e-5).all()
        assert (new <= real.max(axis=0) + 1e-5).all()


def test_smote_makes_as_many_rows_as_each_class_asks_for(wine):
    labelled, _ = wine
    rows = METHODS["SMOTE"].rows(labelled, 0, n={0: 1, 1: 6, 2: 0}).generated
    np.testing.assert_array_equal(np.bincount(rows.y, minlength=3), [1, 6, 0])


def test_the_coefficient_of_a_normalised_vae_is_beta_d_over_attributes():
    settings = default_settings(kvae.load("wine")).single_vae
    settings = dataclasses.replace(settings, normalize_beta=True)
    vae = settings.build((51,), seeds=(0,), num_attributes=15)
    assert vae.coefficient == pytest.approx(2 / 15)


def test_smote_leaves_single_rows_alone(make_source):
    draw = kvae.few_shot(make_source(), 1, seed=0)
    assert METHODS["SMOTE"].rows(draw.rows, 0).generated is None


def test_one_row_per_class_works(make_source):
    source = make_source()
    settings = quick_settings(source).single_vae
    draw = kvae.few_shot(source, 1, seed=0)
    vaes = {"single": take(fit_single_vaes(source, (0,), settings), 0)}
    rows = METHODS["interpolate"].rows(draw.rows, 0, vaes, n=3).generated
    np.testing.assert_array_equal(rows.y, [0, 0, 0, 1, 1, 1])


def test_settings_are_the_protocols():
    settings = default_settings(kvae.load("wine"))
    assert (settings.steps, settings.batch_size, settings.learning_rate) == (
        1000,
        32,
        1e-3,
    )
    assert settings.single_vae.latent_dim == 2
    assert settings.single_vae.steps == 6000
    digits = default_settings(kvae.load("digits"))
    assert (digits.steps, digits.batch_size) == (600, 64)


def test_images_of_any_size_get_a_network_of_their_size():
    """Faces of 64 x 64 pixels are no digits of 8 x 8."""
    like = kvae.load("digits")
    rows = Rows(np.zeros((20, 64, 64, 1), "float32"), np.arange(20) % 2)
    faces = dataclasses.replace(
        like, train=rows, guarded_test=rows, class_names=("a", "b")
    )
    small, large = default_settings(like), default_settings(faces)
    assert large.single_vae.hidden_units > small.single_vae.hidden_units
    assert large.single_vae.latent_dim > small.single_vae.latent_dim
    vae = large.single_vae.build(faces.element_shape)
    assert vae.decoder(np.zeros((1, vae.latent_dim))).shape == (1, 64, 64, 1)
