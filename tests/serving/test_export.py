import os
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf

from kvae.models import BetaVAE, ConvDecoder, ConvEncoder
from kvae.serving import export_decoder


def test_plain_tensorflow_runs_it_where_keras_cannot_be_imported(tmp_path):
    vae = BetaVAE(ConvEncoder(3), ConvDecoder((8, 8, 1)))
    vae.build((None, 8, 8, 1))
    path = export_decoder(vae, tmp_path / "decoder" / "1")
    z = np.random.default_rng(0).normal(size=(5, 3)).astype("float32")
    np.save(tmp_path / "z.npy", z)
    code = (
        "import sys\n"
        "sys.modules['keras'] = None\n"
        "import numpy as np, tensorflow as tf\n"
        f"decode = tf.saved_model.load({str(path)!r}).signatures['serving_default']\n"
        "np.save('x.npy', decode(z=tf.constant(np.load('z.npy')))['x'])\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)
    np.testing.assert_allclose(np.load(tmp_path / "x.npy"), vae.decode(z), atol=1e-6)


def test_the_signature_has_names_and_an_open_batch(make_vae, tmp_path):
    path = export_decoder(make_vae(), tmp_path / "decoder")
    signature = tf.saved_model.load(path).signatures["serving_default"]
    (spec,) = signature.structured_input_signature[1].values()
    assert (spec.name, spec.shape.as_list(), spec.dtype) == ("z", [None, 2], tf.float32)
    for n in (0, 1, 7):
        assert signature(z=tf.zeros((n, 2)))["x"].shape == (n, 4)
    assert b"_XlaMustCompile" not in (path / "saved_model.pb").read_bytes()


def test_half_precision_models_serve_float32(make_vae, tmp_path):
    path = export_decoder(make_vae(dtype="mixed_bfloat16"), tmp_path / "decoder")
    signature = tf.saved_model.load(path).signatures["serving_default"]
    assert signature(z=tf.zeros((1, 2)))["x"].dtype == tf.float32


def test_an_export_appears_whole_or_not_at_all(make_vae, tmp_path, monkeypatch):
    vae = make_vae()
    path = export_decoder(vae, tmp_path / "decoder")
    before = (path / "saved_model.pb").read_bytes()

    def full_disk(trackable, folder, **kwargs):
        os.makedirs(folder)
        with open(os.path.join(folder, "saved_model.pb"), "wb") as file:
            file.write(b"half")
        raise OSError("No space left on device")

    monkeypatch.setattr(tf.saved_model, "save", full_disk)
    with pytest.raises(OSError, match="No space left"):
        export_decoder(vae, path, overwrite=True)
    with pytest.raises(OSError, match="No space left"):
        export_decoder(vae, tmp_path / "other")
    assert (path / "saved_model.pb").read_bytes() == before
    assert os.listdir(tmp_path) == ["decoder"]


def test_nothing_is_overwritten_unasked(make_vae, tmp_path):
    vae = make_vae()
    path = export_decoder(vae, tmp_path / "decoder")
    with pytest.raises(FileExistsError, match="overwrite=True"):
        export_decoder(vae, path)
    assert export_decoder(vae, path, overwrite=True) == path


def test_says_what_cannot_be_exported(make_vae, tmp_path):
    with pytest.raises(ValueError, match="fit it first"):
        export_decoder(BetaVAE(ConvEncoder(3), ConvDecoder((8, 8, 1))), tmp_path / "a")
    with pytest.raises(ValueError, match="take"):
        export_decoder(make_vae(seeds=(0, 1)), tmp_path / "a")
