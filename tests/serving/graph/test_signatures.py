import numpy as np
import pytest

from kvae.latent import encode
from kvae.models import DenseDecoder, DenseEncoder
from kvae.models.conditional_vae import ConditionalVAE
from kvae.schema import continuous
from kvae.serving import export
from tools import served_version
from tools.served_version import InvalidArgumentError

NOTHING = {"interpolate": 0.0, "noise": 0.0, "posterior": 0.0}


def call(version, name, **inputs):
    typed = {k: np.array(v, version.dtype(name, k)) for k, v in inputs.items()}
    return version.predict(name, typed)


def seeds_of(seed, n):
    return [[seed, i] for i in range(n)]


def test_decode_and_encode_are_those_of_the_vae(served, vae, images):
    z = np.random.default_rng(1).standard_normal((5, 3)).astype("float32")
    x = call(served, "decode", z=z)["x"]
    np.testing.assert_allclose(x, vae.decode(z), atol=1e-6)
    np.testing.assert_allclose(call(served, "", z=z)["x"], x)
    codes = call(served, "encode", x=images[0])
    z_mean, z_log_var = vae.encode(images[0])
    np.testing.assert_allclose(codes["z_mean"], z_mean, atol=1e-5)
    np.testing.assert_allclose(codes["z_log_var"], z_log_var, atol=1e-5)
    reconstructed = call(served, "reconstruct", x=images[0])["x"]
    np.testing.assert_allclose(reconstructed, vae.decode(z_mean), atol=1e-6)


@pytest.mark.parametrize(
    ("name", "inputs"),
    [("sample", {}), ("augment_class", {**NOTHING, "interpolate": 0.5, "noise": 0.1})],
)
def test_a_request_is_its_batch_twin_row_by_row(served, name, inputs):
    one = call(served, name, n=4, seed=7, **{"class": "dog"}, **inputs)
    many = {key: [value] * 4 for key, value in {"class": "dog", **inputs}.items()}
    each = call(served, f"{name}_batch", seeds=seeds_of(7, 4), **many)
    reverse = call(served, f"{name}_batch", seeds=seeds_of(7, 4)[::-1], **many)
    assert one["label"].tolist() == [b"dog"] * 4
    np.testing.assert_allclose(one["x"], each["x"], atol=1e-6)
    np.testing.assert_allclose(one["x"], reverse["x"][::-1], atol=1e-6)
    again = call(served, name, n=4, seed=7, **{"class": "dog"}, **inputs)
    np.testing.assert_array_equal(one["x"], again["x"])
    other = call(served, name, n=4, seed=8, **{"class": "dog"}, **inputs)
    assert np.abs(one["x"] - other["x"]).max() > 1e-3


def test_augment_class_draws_around_the_codes_of_its_class(
    served, vae, image_codes, images
):
    decoded = vae.decode(image_codes.z_mean).numpy()
    x = call(served, "augment_class", n=20, seed=1, **{"class": "owl"}, **NOTHING)["x"]
    distance = np.abs(x[:, None] - decoded).max(axis=(2, 3, 4))
    assert distance.min(axis=1).max() < 1e-5
    assert set(images[1][distance.argmin(axis=1)]) == {2}


def test_augment_rows_starts_at_the_rows_and_moves_by_its_parameters(served, images):
    x = images[0][:4]
    still = call(served, "augment_rows", x=x, noise=0.0, posterior=0.0, seed=3)["x"]
    reconstructed = call(served, "reconstruct", x=x)["x"]
    np.testing.assert_allclose(still, reconstructed, atol=1e-6)
    moved = call(served, "augment_rows", x=x, noise=0.5, posterior=1.0, seed=3)["x"]
    assert np.abs(moved - still).max() > 1e-3
    twin = call(
        served,
        "augment_rows_batch",
        x=x,
        noise=[0.5] * 4,
        posterior=[1.0] * 4,
        seeds=seeds_of(3, 4),
    )["x"]
    np.testing.assert_allclose(moved, twin, atol=1e-6)


def test_png_twins_give_the_same_images_in_8_bits(served):
    plain = call(served, "sample", n=2, seed=7, **{"class": "cat"})["x"]
    files = call(served, "sample_png", n=2, seed=7, **{"class": "cat"})["image_bytes"]
    assert files[0].startswith(b"\x89PNG")
    codes = call(served, "encode_png", image_bytes=files)["z_mean"]
    expected = call(served, "encode", x=np.round(255 * plain) / 255)["z_mean"]
    np.testing.assert_allclose(codes, expected, atol=1e-5)


def test_a_multi_vae_decodes_each_row_by_the_vae_of_its_class(served_multi, multi_vae):
    z = np.random.default_rng(0).standard_normal((4, 2)).astype("float32")
    names = ["yes", "no", "no", "yes"]
    x = call(served_multi, "decode", z=z, **{"class": names})["x"]
    both = multi_vae.decode(np.stack([z, z])).numpy()
    expected = [both[int(name == "yes"), i] for i, name in enumerate(names)]
    np.testing.assert_allclose(x, expected, atol=1e-5)
    sample = call(served_multi, "sample", n=3, seed=1, **{"class": "yes"})
    assert sample["x"].shape == (3, 3)
    assert sample["label"].tolist() == [b"yes"] * 3


def test_a_conditional_vae_is_told_the_class_of_each_row(tmp_path):
    schema, names = continuous("abc"), ["yes", "no", "no", "yes"]
    encoder, decoder = DenseEncoder(2, (4,)), DenseDecoder((5,), (4,))
    vae = ConditionalVAE(encoder, decoder, 2, schema=schema)
    vae.build((None, 5))
    asked = ["decode", "encode", "sample"]
    path = export(vae, tmp_path / "1", class_names=["no", "yes"], signatures=asked)
    served = served_version.ServedVersion(path)
    stream = np.random.default_rng(0)
    z, x = (stream.standard_normal((4, n)).astype("float32") for n in (2, 3))
    rows = call(served, "decode", z=z, **{"class": names})["x"]
    expected = vae.decode(vae.with_class(z, [1, 0, 0, 1]))[:, :3]
    np.testing.assert_allclose(rows, expected, atol=1e-6)
    z_mean = call(served, "encode", x=x, **{"class": names})["z_mean"]
    expected = encode(vae, x, [1, 0, 0, 1]).z_mean
    np.testing.assert_allclose(z_mean, expected, atol=1e-6)
    one, other = (
        call(served, "sample", n=3, seed=1, **{"class": name}) for name in ("no", "yes")
    )
    assert np.abs(one["x"] - other["x"]).max() > 1e-3
    assert other["label"].tolist() == [b"yes"] * 3
    assert len(call(served, "sample", n=0, seed=1, **{"class": "no"})["x"]) == 0


def test_batch_twins_and_only_they_have_a_row_for_each_row(served):
    for name, signature in served.signatures.items():
        open_rows = all(
            info.tensor_shape.dim and info.tensor_shape.dim[0].size == -1
            for info in signature.inputs.values()
        )
        random = name.startswith(("sample", "augment"))
        assert open_rows == ("_batch" in name or not random), name


def test_n_is_bounded(served):
    assert len(call(served, "sample", n=0, seed=1, **{"class": "cat"})["x"]) == 0
    for n in (51, -1, 2**31 - 1):
        with pytest.raises(InvalidArgumentError, match="n from 0 to 50"):
            call(served, "sample", n=n, seed=1, **{"class": "cat"})
