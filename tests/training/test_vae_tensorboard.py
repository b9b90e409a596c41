import importlib.util
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

import kvae
from kvae.evaluation.disentanglement.active_units import active_units
from kvae.models import (
    BetaVAE,
    ConditionalVAE,
    ConvDecoder,
    ConvEncoder,
    DenseDecoder,
    DenseEncoder,
    MultiVAE,
    take,
)
from kvae.preprocessing import Table
from kvae.schema import continuous
from kvae.training import VAETensorBoard

RNG = np.random.default_rng(0)
IMAGES = RNG.random((40, 8, 8, 1)).astype("float32")
ROWS = RNG.normal(size=(40, 4)).astype("float32")
LABELS = np.arange(40) % 2


def read(folder):
    """Returns {tag: {step: array}} of a run."""
    found = {}
    for path in sorted(Path(folder).glob("events.*")):
        for event in tf.compat.v1.train.summary_iterator(str(path)):
            for value in event.summary.value:
                of_tag = found.setdefault(value.tag, {})
                of_tag[event.step] = tf.make_ndarray(value.tensor)
    return found


def image_vae(kind="dense"):
    if kind == "conv":
        parts = ConvEncoder(3, (4,)), ConvDecoder((8, 8, 1), (4,))
    else:
        parts = DenseEncoder(3, (8,)), DenseDecoder((8, 8, 1), (8,))
    vae = BetaVAE(*parts)
    vae.compile("adam", steps_per_execution=5)
    return vae


def fit(vae, data, board, epochs=3, **arguments):
    return vae.fit(data, epochs=epochs, verbose=0, callbacks=[board], **arguments)


def kl_of(vae, x):
    """Returns the KL of each unit by the closed form, and the latent means."""
    z_mean, z_log_var = (np.asarray(code, "float64") for code in vae.encode(x))
    sigma = np.exp(z_log_var / 2)
    return (-np.log(sigma) + (sigma**2 + z_mean**2) / 2 - 0.5).mean(axis=0), z_mean


def expect_codes(run, step, vae, x):
    kl, z_mean = kl_of(vae, x)
    for unit, nats in enumerate(kl):
        np.testing.assert_allclose(run[f"kl_per_unit/{unit:02}"][step], nats, rtol=1e-4)
    assert run["active_units"][step] == active_units(z_mean)


@pytest.mark.parametrize("kind", ["dense", "conv"])
def test_writes_what_is_computed_independently(tmp_path, kind):
    vae = image_vae(kind)
    board = VAETensorBoard(tmp_path, IMAGES, LABELS, every=2, embedded=30)
    fit(vae, IMAGES, board)
    run = read(tmp_path)
    assert {step for of_tag in run.values() for step in of_tag} == {2, 3}
    expect_codes(run, 3, vae, IMAGES)
    # Their sum is what the model itself logs.
    units = sum(run[f"kl_per_unit/{unit:02}"][3] for unit in range(3))
    logged = vae.evaluate(IMAGES, batch_size=40, verbose=0, return_dict=True)["kl"]
    np.testing.assert_allclose(units, logged, rtol=1e-4)
    size = run["reconstructions"][3][:2].astype(int).tolist()
    assert size == [1 + 8 * 9, 1 + 2 * 9]  # eight rows above eight reconstructions
    picture = tf.io.decode_png(run["reconstructions"][3][2]).numpy()[..., 0] / 255
    shown = [picture[1:9, 9 * i + 1 : 9 * i + 9] for i in range(8)]
    at = [np.abs(IMAGES[..., 0] - image).max((1, 2)).argmin() for image in shown]
    np.testing.assert_allclose(shown, IMAGES[at, ..., 0], atol=0.01)
    back = np.asarray(vae.decode(vae.encode(IMAGES[at])[0]))[..., 0]
    found = [picture[10:18, 9 * i + 1 : 9 * i + 9] for i in range(8)]
    np.testing.assert_allclose(found, back, atol=0.01)
    assert run["samples"][3][:2].astype(int).tolist() == [1 + 6 * 9, 1 + 6 * 9]
    metadata = pd.read_csv(tmp_path / "metadata.tsv", sep="\t")
    points = np.loadtxt(tmp_path / "points.tsv")
    np.testing.assert_allclose(
        points, kl_of(vae, IMAGES[metadata["row"]])[1], rtol=1e-4
    )
    np.testing.assert_array_equal(metadata["label"], LABELS[metadata["row"]])
    assert len(points) == 30


def test_training_is_the_same_with_and_without(tmp_path):
    plain, watched = image_vae(), image_vae()
    arguments = {"batch_size": 4, "shuffle": False}
    plain.fit(IMAGES, epochs=3, verbose=0, **arguments)
    fit(watched, IMAGES, VAETensorBoard(tmp_path, IMAGES), **arguments)
    for one, other in zip(plain.weights, watched.weights, strict=True):
        np.testing.assert_array_equal(one, other)


def test_steps_per_epoch_cut_one_long_epoch_into_several(tmp_path):
    vae = image_vae()
    data = kvae.batches(IMAGES, batch_size=8, steps=20)
    fit(vae, data, VAETensorBoard(tmp_path, IMAGES), epochs=4, steps_per_epoch=5)
    assert sorted(read(tmp_path)["active_units"]) == [1, 2, 3, 4]
    assert int(vae.optimizer.iterations) == 20


def test_a_stack_has_a_run_for_each_replica(tmp_path, make_vae):
    seeds = 3, 4
    vae = make_vae(seeds)
    data = kvae.batches(ROWS, batch_size=8, steps=10, seeds=seeds)
    fit(vae, data, VAETensorBoard(tmp_path, ROWS), epochs=1)
    for r in range(2):
        run = read(tmp_path / f"replica_{r}")
        expect_codes(run, 1, take(vae, r), ROWS)
        assert (tmp_path / f"replica_{r}" / "points.tsv").exists()
    assert not read(tmp_path)


def test_a_multi_vae_has_a_run_for_each_class_of_its_rows(tmp_path, make_vae):
    vae = make_vae((3, 4, 5), cls=MultiVAE)
    data = kvae.batches(ROWS, batch_size=8, steps=10, seeds=(3, 4, 5))
    labels = np.where(np.arange(40) < 4, np.nan, LABELS)  # none of class 2
    fit(vae, data, VAETensorBoard(tmp_path, ROWS, labels), epochs=1)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["class_0", "class_1"]
    for c in range(2):
        run = read(tmp_path / f"class_{c}")
        expect_codes(run, 1, take(vae, c), ROWS[labels == c])
        metadata = pd.read_csv(tmp_path / f"class_{c}" / "metadata.tsv", sep="\t")
        np.testing.assert_array_equal(metadata["row"], np.flatnonzero(labels == c))


def conditional_vae():
    vae = ConditionalVAE(
        DenseEncoder(2, (8,)), DenseDecoder((6,), (8,)), 2, schema=continuous("abcd")
    )
    vae.build((None, 6))
    vae.compile("adam")
    return vae


def test_a_conditional_vae_is_told_the_class_of_rows_and_samples(tmp_path):
    vae = conditional_vae()
    told = vae.with_class(ROWS, LABELS)
    fit(vae, told, VAETensorBoard(tmp_path, ROWS, LABELS, samples=4))
    run = read(tmp_path)
    expect_codes(run, 3, vae, told)
    samples = run["samples"][3].item().decode().splitlines()
    assert samples[0] == "|  | class | a | b | c | d |"
    assert [line.split(" | ")[1] for line in samples[2:]] == ["0", "1", "0", "1"]
    assert run["a/rows"][3][:, 2].sum() == 40


def test_a_table_is_shown_in_its_own_units(tmp_path):
    frame = pd.DataFrame({"age": RNG.integers(20, 60, 40), "colour": list("rgbw") * 10})
    table = Table(frame)
    x = table.transform(frame)
    vae = BetaVAE(
        DenseEncoder(2, (8,)),
        DenseDecoder((table.width,), (8,)),
        reconstruction="mixed",
        schema=table.schema,
    )
    vae.compile("adam")
    board = VAETensorBoard(tmp_path, x, examples=2, to_frame=table.inverse)
    fit(vae, x, board)
    run = read(tmp_path)
    lines = run["reconstructions"][3].item().decode().splitlines()
    assert lines[0] == "|  | age | colour |"
    row = int(lines[2].split(" | ")[0].removeprefix("| row "))
    assert lines[2] == f"| row {row} | {frame['age'][row]} | {frame['colour'][row]} |"
    assert lines[3].startswith("| back | ")
    assert {"age/rows", "age/samples"} <= set(run)
    assert not any("colour" in tag for tag in run)
    fit(vae, x, VAETensorBoard(tmp_path / "inputs", x))
    assert "colour 1/rows" in read(tmp_path / "inputs")


@pytest.mark.filterwarnings("ignore:Gradients do not exist:UserWarning")
def test_an_autoencoder_has_neither_kl_nor_samples(tmp_path, make_vae):
    fit(make_vae(deterministic=True), ROWS, VAETensorBoard(tmp_path, ROWS))
    tags = read(tmp_path)
    assert {"active_units", "reconstructions", "input 0/rows"} <= set(tags)
    assert not any("kl" in tag or "samples" in tag for tag in tags)


def refused(labels, rows=ROWS):
    fit(conditional_vae(), ROWS, VAETensorBoard("log", rows, labels))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: VAETensorBoard("log", ROWS, every=0), "every of VAETensorBoard"),
        (lambda: VAETensorBoard("log", ROWS, LABELS[:3]), "40 rows. Received: 3"),
        (lambda: refused(None), "labels with a ConditionalVAE"),
        (lambda: refused(LABELS + 1), "from 0 to 1, as the ConditionalVAE .*: 2"),
        (lambda: refused(LABELS, ROWS[:, :3]), "VAETensorBoard expects"),
    ],
)
def test_what_does_not_fit_is_said_before_training(
    make, message, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match=message):
        make()
    assert not list(tmp_path.iterdir())


def test_another_model_is_refused(tmp_path):
    model = keras.Sequential([keras.layers.Dense(4)])
    model.compile("sgd", "mse")
    with pytest.raises(ValueError, match="expects a BetaVAE. Received: .*Sequential"):
        model.fit(ROWS, ROWS, verbose=0, callbacks=[VAETensorBoard(tmp_path, ROWS)])


def test_without_tensorboard_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ImportError, match=r"pip install 'kvae\[search\]'"):
        VAETensorBoard(tmp_path, ROWS)
