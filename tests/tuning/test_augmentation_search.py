import keras_tuner
import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from kvae import VAEOverSampler
from kvae.augmentation.methods import Method
from kvae.models import BetaVAE
from kvae.resampling.settings_file import Searched
from kvae.training.budget import Budget
from kvae.tuning import AugmentationHyperModel, make_tuner, trials_table

STREAM = np.random.default_rng(0)
Y = np.append(np.arange(24) % 2, [-1] * 6)
X = STREAM.normal(size=(30, 3)) + np.where(Y < 0, 0.5, Y)[:, None]
LABELS = np.array(["no", "yes", None], dtype=object)[Y]
IMAGES = STREAM.random((30, 4, 4, 1)).astype("float32")
SMALL = Budget(folds=2, repeats=1, steps=10, vae_steps=10, batch_size=8)
PARAMETERS = {
    "noise": {"noise_alpha"},
    "normal": {"normal_alpha"},
    "interpolate": {"interpolate_alpha", "interpolate_k"},
    "extrapolate": {"extrapolate_alpha", "extrapolate_k"},
    "posterior": set(),
    "propagate": set(),
}


def space(hypermodel):
    """Returns the HyperParameters that KerasTuner finds by building again and again."""
    tuner = make_tuner(
        "random", hypermodel, trials=1, directory="unused", progress=False
    )
    return tuner.oracle.get_space()


def drawn(hypermodel, count=200):
    stream = np.random.default_rng(0)
    found = space(hypermodel)
    for _ in range(count):
        hp = found.copy()
        for each in hp.space:
            hp.values[each.name] = each.random_sample(int(stream.integers(2**31)))
        hp.ensure_active_values()
        yield hp, {each.name for each in hp.space if hp.is_active(each)}


def chosen(hypermodel, **values):
    """Returns HyperParameters of the defaults but for some values."""
    hp = keras_tuner.HyperParameters()
    hp.values.update(values)
    hypermodel.build(hp)
    return hp


@pytest.fixture(autouse=True)
def in_tmp_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def hypermodel():
    return AugmentationHyperModel(
        X, LABELS, budget=SMALL, classifier=LogisticRegression()
    )


@pytest.mark.parametrize("x", [X, IMAGES], ids=["table", "images"])
def test_every_draw_is_a_method_that_an_over_sampler_can_do(x):
    hypermodel = AugmentationHyperModel(x, LABELS, budget=SMALL)
    seen = {"sampler": set(), "vae": set(), "filter": set(), "refine": set()}
    for hp, active in drawn(hypermodel):
        method = hypermodel.method(hp)
        assert isinstance(method, Method)
        sampler = hp.get("sampler")
        members = sampler.split("+")
        assert method.sampler == sampler
        assert set(method.parameters) <= set(members)
        of_members = set.union(*(PARAMETERS[member] for member in members))
        assert active & set.union(*PARAMETERS.values()) == of_members
        assert ("refine" in active) == (sampler == "propagate")
        assert ("vae_of_normal" in active) == (sampler == "normal")
        assert ("vae" in active) == (sampler not in ("normal", "propagate"))
        assert ("threshold" in active) == hp.get("generative_classifier")
        if sampler == "normal":  # draws of the prior have no class by themselves
            assert method.vae in ("conditional", "multi")
        if sampler == "propagate":
            assert method.vae == "single"
        if x is IMAGES:
            assert method.vae != "conditional"
        vae = hypermodel.settings(hp)
        arguments = Searched(vae, method).sampler_arguments()
        VAEOverSampler(**arguments, random_state=0).fit(x, LABELS)
        seen["sampler"].add(sampler)
        seen["vae"].add(method.vae)
        seen["filter"].add(method.generative_classifier)
        seen["refine"].add(method.refine)
    assert seen["sampler"] == set(hypermodel.samplers)
    told = set() if x is IMAGES else {"conditional"}
    assert seen["vae"] == {"single", "multi", *told}
    assert False in seen["filter"] and len(seen["filter"]) > 5
    assert seen["refine"] == {0, 1, 2}


@pytest.mark.parametrize("samplers", [("normal",), ("propagate",), ("noise",)])
def test_one_sampler_alone_can_be_searched(samplers):
    hypermodel = AugmentationHyperModel(X, LABELS, budget=SMALL, samplers=samplers)
    for hp, _ in drawn(hypermodel, count=10):
        assert hypermodel.method(hp).sampler == samplers[0]


def test_parameters_reach_their_sampler(hypermodel):
    hp = chosen(
        hypermodel,
        sampler="interpolate+noise",
        interpolate_alpha=0.3,
        interpolate_k=5,
        noise_alpha=0.7,
        generative_classifier=True,
        threshold=0.4,
        amount=4.0,
    )
    method = hypermodel.method(hp)
    assert method.parameters == {
        "interpolate": {"alpha": 0.3, "k": 5},
        "noise": {"alpha": 0.7},
    }
    assert (method.generative_classifier, method.amount) == (0.4, 4.0)


def test_the_defaults_are_those_of_the_over_sampler(hypermodel):
    hp = keras_tuner.HyperParameters()
    method, vae = hypermodel.method(hp), hypermodel.settings(hp)
    default = VAEOverSampler()
    assert (method.sampler, method.vae) == (default.method, "conditional")
    assert method.generative_classifier is default.generative_classifier
    assert (method.amount, method.refine) == (1.0, default.refine)
    assert vae.beta == default.beta
    assert vae.latent_dim == SMALL.latent_dim
    images = AugmentationHyperModel(IMAGES, LABELS, budget=SMALL)
    hp = keras_tuner.HyperParameters()
    assert images.method(hp).vae == default.vae
    assert images.settings(hp).beta == 0.2


def test_labels_that_spread_over_images_are_drawn_often():
    images = AugmentationHyperModel(IMAGES, LABELS, budget=SMALL)
    assert images.method(chosen(images, sampler="propagate")).least == 1000
    assert images.method(chosen(images, sampler="noise")).least == 0


def test_there_is_nothing_to_spread_where_every_row_has_a_label():
    hypermodel = AugmentationHyperModel(X[:24], LABELS[:24])
    assert "propagate" not in hypermodel.samplers
    assert "refine" not in {each.name for each in space(hypermodel).space}


def test_what_is_built_is_the_vae_of_the_trial(hypermodel):
    hp = chosen(hypermodel, latent_dim=3, beta=0.5)
    vae = hypermodel.build(hp)
    assert isinstance(vae, BetaVAE) and vae.built
    assert (vae.latent_dim, vae.beta) == (3, 0.5)


def test_the_same_values_have_the_same_score_and_other_ones_the_same_splits(
    hypermodel,
):
    noise = chosen(hypermodel, sampler="noise", vae="single")
    first = hypermodel.held_out(noise)
    logs = hypermodel.fit(noise, hypermodel.build(noise))
    assert logs == {"score": first.compare()["mean"].iloc[0]}
    multi = chosen(hypermodel, sampler="normal", vae_of_normal="multi", latent_dim=1)
    other = hypermodel.held_out(multi)
    np.testing.assert_array_equal(first.part, other.part)
    np.testing.assert_array_equal(first.rows, other.rows)


def test_rows_without_a_label_never_count(hypermodel):
    held_out = hypermodel.held_out(chosen(hypermodel, sampler="noise", vae="single"))
    np.testing.assert_array_equal(held_out.rows, np.arange(24))
    np.testing.assert_array_equal(held_out.true, Y[:24])
    numbers = AugmentationHyperModel(X, Y, unlabelled=-1)
    np.testing.assert_array_equal(numbers.y, hypermodel.y)


def test_a_search_ends_with_a_score_for_every_trial(hypermodel, tmp_path):
    tuner = make_tuner("random", hypermodel, 2, tmp_path, progress=False, seed=1)
    tuner.search(verbose=0)
    table = trials_table(tuner)
    assert table["failure"].isna().all()
    assert table["score"].between(0, 1).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((X, LABELS, SMALL, 0, ("nois",)), "samplers of AugmentationHyperModel"),
        ((X[:24], LABELS[:24], SMALL, 0, ("propagate",)), "Received: 'propagate'"),
        ((X, ["a"] * 30), "at least two classes"),
        ((X, LABELS[:4]), "4 labels"),
        ((IMAGES * 255, LABELS), r"images in \[0, 1\]"),
    ],
)
def test_what_cannot_be_searched_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        AugmentationHyperModel(*arguments)
