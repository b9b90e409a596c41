"""The tfds builder: the test case of tfds; then prepared, by hand and by download."""

import contextlib
import hashlib
from pathlib import Path

import numpy as np
import pytest
import tensorflow_datasets as tfds
from tensorflow_datasets.core.download import downloader

import kvae
from kvae.data import proben1
from kvae.data.proben1 import NAMES, Builder, read_dt
from kvae.data.proben1.proben1_dataset_builder import URL

DUMMY = Path(proben1.__file__).parent / "dummy_data"


class TestBuilder(tfds.testing.DatasetBuilderTestCase):
    """tfds' checks of card1, on made-up rows."""

    DATASET_CLASS = Builder
    BUILDER_CONFIG_NAMES_TO_TEST = ["card1"]
    DL_EXTRACT_RESULT = "card/card1.dt"
    SPLITS = {"train": 6, "validation": 3, "test": 3}

    @pytest.fixture(autouse=True)
    def _no_manual_dir(self, monkeypatch):
        monkeypatch.delenv("KVAE_PROBEN1_DIR", raising=False)


def prepare(name, data_dir, **config):
    builder = tfds.builder(f"proben1/{name}", data_dir=data_dir)
    builder.download_and_prepare(download_config=tfds.download.DownloadConfig(**config))
    return builder


@pytest.mark.parametrize("name", ["diabetes1", "gene2", "horse3"])
def test_prepared_rows_are_those_of_the_file(name, tmp_path, monkeypatch):
    monkeypatch.setenv("KVAE_PROBEN1_DIR", str(DUMMY))
    builder = prepare(name, tmp_path)
    monkeypatch.delenv("KVAE_PROBEN1_DIR")
    source = kvae.load(f"proben1/{name}", data_dir=tmp_path)
    expected = read_dt(DUMMY / name[:-1] / f"{name}.dt")
    np.testing.assert_array_equal(source.train.x, expected.inputs[:6])
    np.testing.assert_array_equal(source.train.y, expected.labels[:6])
    np.testing.assert_array_equal(source.validation.x, expected.inputs[6:9])
    example = next(iter(tfds.as_numpy(builder.as_dataset("train"))))
    first = source.attributes().iloc[0]
    for i, attribute in enumerate(builder.info.metadata["attributes"]):
        value = first[attribute["name"]]
        if attribute["levels"] and value == value:
            value = attribute["levels"].index(value)
        np.testing.assert_equal(example["attributes"][i], np.float32(value))


@contextlib.contextmanager
def served(content):
    """What a server would answer: these bytes, whatever the address."""

    @contextlib.contextmanager
    def answer(url, **kwargs):
        response = type("Response", (), {"url": url, "headers": {}})
        yield response, iter([content])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(downloader, "_open_url", answer)
        yield


@pytest.mark.usefixtures("no_manual_dir")
def test_a_download_must_have_the_published_checksum(tmp_path, monkeypatch):
    content = (DUMMY / "glass" / "glass1.dt").read_bytes()
    with served(content), pytest.raises(Exception, match="wrong checksum"):
        prepare("glass1", tmp_path)
    published = Builder.url_infos[URL.format(problem="glass", name="glass1")]
    monkeypatch.setattr(published, "checksum", hashlib.sha256(content).hexdigest())
    monkeypatch.setattr(published, "size", type(published.size)(len(content)))
    with served(content):
        prepare("glass1", tmp_path)
    source = kvae.load("proben1/glass1", data_dir=tmp_path)
    expected = read_dt(DUMMY / "glass" / "glass1.dt")
    np.testing.assert_array_equal(source.train.x, expected.inputs[:6])


@pytest.mark.usefixtures("no_manual_dir")
def test_the_manual_folder_of_tfds_is_checked_too(tmp_path):
    with pytest.raises(Exception, match="wrong checksum"):
        prepare("glass1", tmp_path, manual_dir=DUMMY / "glass")


def test_every_config_has_an_address_and_a_checksum():
    published = {URL.format(problem=name[:-1], name=name) for name in NAMES}
    assert set(Builder.url_infos) == published


def test_the_real_file_is_the_published_one(real_dir, tmp_path, monkeypatch):
    monkeypatch.delenv("KVAE_PROBEN1_DIR")
    builder = prepare("glass1", tmp_path, manual_dir=real_dir / "glass")
    assert builder.info.splits["train"].num_examples == 107


@pytest.mark.slow
def test_all_real_files_load_through_tfds_as_directly(real_dir, tmp_path, monkeypatch):
    for name in NAMES:
        monkeypatch.delenv("KVAE_PROBEN1_DIR", raising=False)
        prepare(name, tmp_path, manual_dir=real_dir / name[:-1])
        prepared = kvae.load(f"proben1/{name}", data_dir=tmp_path)
        direct = kvae.load(f"proben1/{name}", manual_dir=real_dir)
        for part in ("train", "validation", "guarded_test"):
            for ours, theirs in zip(
                getattr(prepared, part), getattr(direct, part), strict=True
            ):
                np.testing.assert_array_equal(ours, theirs)
