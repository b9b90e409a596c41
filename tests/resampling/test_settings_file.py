import json

import numpy as np
import pytest

from kvae import VAEOverSampler
from kvae.augmentation.methods import METHODS, Method
from kvae.resampling.settings_file import Searched, read_searched
from kvae.training.vaes import VAESettings

VAE = VAESettings(3, 0.5, (16, 8), "gaussian", 32, 100, learning_rate=0.002)
CONV = VAESettings(
    3, (0.5, 1.0), (8,), "bernoulli", 32, 100, normalize_beta=True, filters=(8, 16)
)
CHAIN = Method(
    "interpolate+noise of a multi VAE",
    "interpolate+noise",
    "multi",
    parameters={"interpolate": {"alpha": 0.3, "k": 5}, "noise": {"alpha": 0.7}},
    generative_classifier=0.4,
    amount=2.0,
)
SPREAD = Method("propagate", "propagate", "single", refine=2, least=1000)
TOLD = Method("n", "normal", "conditional", generative_classifier=True)
ABOUT = {"data": "digits", "comparison": "The default is as good.", "trials": 3}
X = np.random.default_rng(0).normal(size=(12, 3)) + np.repeat([0, 3], 6)[:, None]
Y = np.repeat(["no", "yes"], 6)


@pytest.mark.parametrize(
    "searched",
    [
        Searched(VAE),
        Searched(CONV, None, ABOUT),
        Searched(VAE, CHAIN),
        Searched(VAE, SPREAD),
        Searched(VAE, TOLD),
        Searched(VAE, METHODS["noise"]),
    ],
)
def test_what_is_written_is_read(searched, tmp_path):
    path = tmp_path / "new folder" / "settings.json"
    searched.write(path)
    assert read_searched(path) == searched
    assert list(path.parent.iterdir()) == [path]
    found = read_searched(path)
    threshold = found.method and found.method.generative_classifier
    assert type(threshold) is type(
        searched.method and searched.method.generative_classifier
    )


def test_numbers_of_numpy_are_written_as_numbers(tmp_path):
    vae = VAESettings(
        2, np.float32(0.5), (8,), "gaussian", 32, 10, learning_rate=np.float64(0.1)
    )
    Searched(vae, about={"score": np.float32(0.25)}).write(tmp_path / "s.json")
    found = read_searched(tmp_path / "s.json")
    assert (found.vae.beta, found.about["score"]) == (0.5, 0.25)


def test_a_file_that_is_there_is_replaced_and_stays_where_writing_fails(tmp_path):
    path = tmp_path / "settings.json"
    Searched(VAE).write(path)
    with pytest.raises(TypeError):
        Searched(CONV, about={"odd": object()}).write(path)
    assert read_searched(path).vae == VAE
    Searched(CONV).write(path)
    assert read_searched(path).vae == CONV


def test_a_missing_file_is_named_with_the_command_that_writes_one(tmp_path):
    message = r"no settings file '.*none.json'. Write one by: python -m recipes.search"
    with pytest.raises(FileNotFoundError, match=message):
        read_searched(tmp_path / "none.json")
    with pytest.raises(FileNotFoundError):
        read_searched(tmp_path)


def damaged():
    searched = {"vae": VAE.__dict__, "method": None, "about": {}}
    vae = dict(VAE.__dict__)
    del vae["latent_dim"]
    return [
        "",
        json.dumps(searched)[:-20],
        "[1, 2]",
        '"vae"',
        "null",
        '{"vae": {"latent_dim": 2}, "method": null}',
        json.dumps(searched | {"vae": vae}),
        json.dumps(searched | {"vae": {**VAE.__dict__, "depth": 3}}),
        json.dumps(searched | {"vae": [1, 2]}),
        json.dumps(searched | {"method": "noise"}),
        json.dumps(searched | {"method": {"name": "a", "sampler": "nois"}}),
        json.dumps(searched | {"about": 3}),
        json.dumps({"data": "digits", "seed": 0}),
    ]


@pytest.mark.parametrize("text", damaged())
def test_a_damaged_file_or_another_json_is_said_to_be_one(text, tmp_path):
    path = tmp_path / "settings.json"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"'.*settings.json', which is damaged or"):
        read_searched(path)


def test_a_file_of_bytes_is_said_to_be_damaged(tmp_path):
    path = tmp_path / "model.joblib"
    path.write_bytes(b"\x80\x04\xff\xfe")
    with pytest.raises(ValueError, match="damaged or something else"):
        read_searched(path)


def test_the_arguments_of_an_over_sampler_mean_the_same():
    chain = Searched(VAE, CHAIN).sampler_arguments()
    interpolate, noise = chain["method"].samplers
    assert (interpolate.alpha, interpolate.k, noise.alpha) == (0.3, 5, 0.7)
    assert (chain["vae"], chain["conditional"]) == ("multi", False)
    assert chain["generative_classifier"] == 0.4
    spread = Searched(VAE, SPREAD).sampler_arguments()
    assert (spread["vae"], spread["conditional"]) == ("single", False)
    assert spread["refine"] == 2
    told = Searched(VAE, TOLD).sampler_arguments()
    assert (told["vae"], told["conditional"]) == ("single", True)
    assert told["generative_classifier"] is True
    assert Searched(VAE).sampler_arguments() == {"settings": VAE}


@pytest.mark.filterwarnings("ignore::kvae.warning_classes.KvaeWarning")
def test_an_over_sampler_trains_the_vae_that_was_found(tmp_path):
    vae = VAESettings(1, 0.25, (6,), "gaussian", 4, 12, learning_rate=0.01)
    Searched(vae, Method("n", "noise", "single")).write(tmp_path / "s.json")
    arguments = read_searched(tmp_path / "s.json").sampler_arguments()
    sampler = VAEOverSampler(**arguments, random_state=0, sampling_strategy=2)
    rows, _ = sampler.fit_resample(X, Y)
    assert len(rows) == 16
    assert sampler.vae_.latent_dim == 1 and sampler.vae_.beta == 0.25
    assert sampler.vae_.optimizer.iterations == 12
    assert float(sampler.vae_.optimizer.learning_rate) == pytest.approx(0.01)
    assert sampler.provenance_["sampler"].eq("noise").all()
