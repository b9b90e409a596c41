"""Which model a path means."""

import pickle

import pytest

from kvae.explorer.places import FITTED, GRAPH, SERVER, find


def graph(folder):
    folder.mkdir(parents=True)
    (folder / "saved_model.pb").touch()


def test_the_highest_version_of_a_saved_model_is_taken(tmp_path):
    for number in (2, 10, 9):
        graph(tmp_path / "people" / str(number))
    place = find(tmp_path / "people")
    assert (place.kind, place.where.name, place.name) == (GRAPH, "10", "people")
    assert find(place.where) == place


def test_the_model_in_the_folder_of_augment_is_taken(tmp_path):
    folder = tmp_path / "wine"
    (folder / "model").mkdir(parents=True)
    place = find(folder)
    assert (place.kind, place.where, place.name) == (FITTED, folder / "model", "wine")
    assert not place.is_pickle
    assert find(folder / "model").name == "wine"


def test_a_pickle_is_known_by_its_first_byte_whatever_its_name(tmp_path):
    (tmp_path / "model.joblib").write_bytes(pickle.dumps([1]))
    assert find(tmp_path).is_pickle
    (tmp_path / "model.joblib").rename(tmp_path / "harmless.txt")
    assert find(tmp_path / "harmless.txt").is_pickle
    (tmp_path / "words.txt").write_text("no model")
    assert not find(tmp_path / "words.txt").is_pickle


@pytest.mark.parametrize(
    "address", ["http://host:8501/digits", "http://host:8501/v1/models/digits/"]
)
def test_an_address_names_server_and_model(address):
    place = find(address)
    expected = SERVER, "http://host:8501", "digits"
    assert (place.kind, place.where, place.name) == expected


@pytest.mark.parametrize("address", ["grpc://host:8500/digits", "http://host:8501"])
def test_another_address_is_refused(address):
    with pytest.raises(ValueError, match="expects the address of a model by REST"):
        find(address)


def test_nothing_is_said_to_be_nothing():
    with pytest.raises(FileNotFoundError, match="no file or folder 'nothing'"):
        find("nothing")
