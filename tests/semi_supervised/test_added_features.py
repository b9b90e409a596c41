import numpy as np
import pytest
from sklearn.preprocessing import PolynomialFeatures

from kvae.semi_supervised import AddedFeatures
from kvae.training.vaes import VAESettings, fit_vaes


@pytest.fixture(scope="module")
def rows():
    x = np.random.default_rng(0).normal(size=(200, 4)).astype("float32")
    y = (x[:, 0] * x[:, 1] > 0).astype(int)
    return x, np.where(np.arange(200) < 100, y, -1), y


def test_features_are_learned_from_all_rows(rows):
    x, some, _ = rows
    far = np.concatenate([x, x + 50])
    model = AddedFeatures().fit(far, np.append(some, np.full(200, -1)))
    scaler = model.features_[0]
    np.testing.assert_allclose(scaler.mean_, far.mean(axis=0), rtol=1e-4)
    assert model.model_.n_features_in_ == 8


def test_any_transformer_can_add_them(rows):
    x, some, y = rows
    products = PolynomialFeatures(2, include_bias=False)
    model = AddedFeatures(features=products).fit(x, some)
    assert model.score(x, y) > 0.85 > AddedFeatures().fit(x, some).score(x, y)


def test_latent_means_of_a_vae(rows):
    x, some, _ = rows
    settings = VAESettings(2, 1.0, (8,), "gaussian", batch_size=32, steps=20)
    vae = fit_vaes(x, 0, settings)
    model = AddedFeatures(features=vae).fit(x, some)
    assert model.model_.n_features_in_ == 6
    assert len(model.predict(x[:3])) == 3


def test_other_features_are_refused(rows):
    with pytest.raises(ValueError, match="'pca', 'vae', a scikit-learn"):
        AddedFeatures(features="tsne").fit(*rows[:2])
