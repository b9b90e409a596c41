"""The winner of a search, exported and served, gives what the tuned model gives."""

import numpy as np

from kvae.augmentation.methods import Method
from kvae.resampling.resampler import VAEOverSampler
from kvae.resampling.settings_file import Searched, read_searched
from kvae.serving import export
from kvae.training import VAESettings
from kvae.tuning import BetaVAEHyperModel, make_tuner
from tools.served_version import ServedVersion

X = np.random.default_rng(0).random((60, 6), "float32")


def test_the_best_vae_decodes_and_encodes_alike_on_a_server(tmp_path):
    hypermodel = BetaVAEHyperModel((6,), steps=[10], steps_per_epoch=10)
    tuner = make_tuner("random", hypermodel, trials=2, directory=tmp_path)
    tuner.search(X[:40], validation_data=(X[40:],), verbose=0)
    (vae,) = tuner.get_best_models(1)
    served = ServedVersion(export(vae, tmp_path / "1", signatures=["decode", "encode"]))
    codes = served.predict("encode", {"x": X[:5]})
    np.testing.assert_allclose(codes["z_mean"], vae.encode(X[:5])[0], atol=1e-5)
    rows = served.predict("decode", {"z": codes["z_mean"]})["x"]
    np.testing.assert_allclose(rows, vae.decode(codes["z_mean"]), atol=1e-5)


def test_the_best_way_to_augment_makes_its_rows_on_a_server(tmp_path):
    vae = VAESettings(2, 0.5, (8,), "gaussian", batch_size=16, steps=20)
    method = Method("wide", "noise", "single", {"noise": {"alpha": 0.5}})
    Searched(vae, method).write(tmp_path / "settings.json")
    arguments = read_searched(tmp_path / "settings.json").sampler_arguments()
    sampler = VAEOverSampler(**arguments, output="mean", random_state=0)
    sampler.fit_resample(X, np.arange(60) % 3 // 2)
    assert sampler.provenance_["parameters"].str.contains("0.5").all()
    path = export(
        sampler.vae_, tmp_path / "1", table=sampler.table_, signatures=["decode"]
    )
    z = np.random.default_rng(1).normal(size=(5, 2)).astype("float32")
    answer = ServedVersion(path).predict("decode", {"z": z})
    expected = sampler.table_.inverse(np.asarray(sampler.vae_.decode(z)))
    for name, column in expected.items():
        np.testing.assert_allclose(answer[str(name)], column, rtol=1e-4, atol=1e-5)
