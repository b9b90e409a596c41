import json
import os

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from kvae.latent import encode
from kvae.models import BetaVAE, ConvDecoder, ConvEncoder, DenseDecoder, DenseEncoder
from kvae.preprocessing import Table
from kvae.serving import export, export_decoder, validate
from tools.served_version import ServedVersion


def test_the_signature_has_names_and_an_open_batch(make_vae, tmp_path):
    path = export_decoder(make_vae(), tmp_path / "decoder")
    loaded = ServedVersion(path).signatures["serving_default"].inputs["z"]
    assert [dim.size for dim in loaded.tensor_shape.dim] == [-1, 2]
    assert loaded.dtype == tf.float32.as_datatype_enum
    signature = tf.saved_model.load(path).signatures["serving_default"]
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
    with pytest.raises(ValueError, match="'decode'.*'sample'.*Received: 'draw'"):
        export(make_vae(), tmp_path / "a", signatures=["draw"])
    with pytest.raises(ValueError, match="about expects one of.*'licence'"):
        export(make_vae(), tmp_path / "a", about={"license": "CC0-1.0"})


def test_columns_may_have_the_names_of_inputs_and_differ_in_case(tmp_path):
    names = ["x", "z", "n", "who", "Age", "age", "Seed", "input_1", "src_bytes"]
    stream = np.random.default_rng(0)
    frame = pd.DataFrame({name: stream.normal(2000, 900, 30) for name in names})
    frame["dst_bytes"] = np.where(frame["x"] > 2000, "a", "b")
    table = Table(frame)
    decoder = DenseDecoder((table.width,))
    vae = BetaVAE(DenseEncoder(2), decoder, reconstruction="mixed", schema=table.schema)
    vae.build((None, table.width))
    asked = ["decode", "reconstruct", "sample"]
    path = export(vae, tmp_path / "1", table=table, signatures=asked)
    (report,) = validate(path)
    assert report["blessed"], report["reason"]
    rows = {name: frame[name].to_numpy()[:3] for name in names}
    rows["dst_bytes"] = frame["dst_bytes"].to_numpy(object)[:3]
    answer = ServedVersion(path).predict("reconstruct", rows)
    assert set(answer) == set(frame.columns)


def test_answers_need_some_names_themselves(make_vae, tmp_path):
    with pytest.raises(ValueError, match="another name than 'score'"):
        export(make_vae(), tmp_path / "a", target="score")


def test_codes_of_real_rows_need_to_be_asked_for_twice(make_vae, table_rows, tmp_path):
    vae = make_vae()
    codes = encode(vae, *table_rows)
    with pytest.raises(ValueError, match="about the rows they came from"):
        export(vae, tmp_path / "a", codes=codes)
    with pytest.raises(ValueError, match="codes missing"):
        export(vae, tmp_path / "a", include_codes=True)


def test_class_names_fit_and_differ(multi_vae, tmp_path):
    with pytest.raises(ValueError, match="each class of the MultiVAE, 2"):
        export(multi_vae, tmp_path / "a", class_names=["one"])
    with pytest.raises(ValueError, match="differ"):
        export(multi_vae, tmp_path / "a", class_names=["one", "one"])


def test_every_signature_is_there_with_its_twins(served):
    both = {
        "decode", "reconstruct", "sample", "sample_batch", "augment_rows",
        "augment_rows_batch", "augment_class", "augment_class_batch", "encode",
        "classify",
    }  # fmt: skip
    examples = {f"{name}_examples" for name in ("encode", "reconstruct", "classify")}
    expected = both | {f"{name}_png" for name in both} | examples
    expected |= {"describe", "serving_default"}
    assert set(served.signatures) == expected


def test_a_model_without_classes_has_no_class_signatures(make_vae, tmp_path):
    path = export(make_vae(), tmp_path / "a")
    signatures = json.loads((path / "assets.extra" / "description.json").read_text())
    assert "augment_class" not in signatures["signatures"]
    assert "class" not in signatures["signatures"]["sample"]["inputs"]


def test_a_multi_vae_reads_examples_that_name_their_class(multi_vae, tmp_path):
    asked = ["encode", "encode_examples", "reconstruct_examples"]
    names = ["no", "yes"]
    path = export(
        multi_vae, tmp_path / "1", class_names=names, signatures=asked, target="buys"
    )
    (report,) = validate(path)
    assert report["blessed"], report["reason"]
    version = ServedVersion(path)
    assert set(version.signatures["encode_examples"].inputs) == {"examples"}
    x, classes = np.ones((2, 3), "float32"), np.array([b"yes", b"no"], object)
    examples = [
        tf.train.Example(
            features=tf.train.Features(
                feature={
                    "x": tf.train.Feature(float_list=tf.train.FloatList(value=row)),
                    "buys": tf.train.Feature(
                        bytes_list=tf.train.BytesList(value=[label])
                    ),
                }
            )
        ).SerializeToString()
        for row, label in zip(x, classes, strict=True)
    ]
    told = version.predict("encode", {"x": x, "class": classes})
    read = version.predict("encode_examples", {"examples": np.array(examples, object)})
    np.testing.assert_array_equal(read["z_mean"], told["z_mean"])
    assert not np.array_equal(read["z_mean"][0], read["z_mean"][1])
