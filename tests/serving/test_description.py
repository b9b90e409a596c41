import pytest

from kvae.serving import read_description


def test_says_what_the_model_is(image_model):
    description = read_description(image_model)
    assert description["class_names"] == ["cat", "dog", "owl"]
    assert description["element_shape"] == [8, 8, 1]
    assert description["licence"] == "CC0-1.0"
    assert description["versions"]["tensorflow"]
    assert description["signatures"]["sample"]["inputs"]["n"] == ["int32", []]
    assert description["signatures"]["sample_batch"]["batchable"]


def test_says_whether_codes_of_real_rows_are_in_it(image_model, multi_model):
    assert read_description(image_model)["codes_of_real_rows"] == 12
    assert "12 real rows" in read_description(image_model)["privacy"]
    assert read_description(multi_model)["codes_of_real_rows"] == 0
    assert "No row" in read_description(multi_model)["privacy"]


def test_names_the_folder_without_one(tmp_path):
    with pytest.raises(FileNotFoundError, match=str(tmp_path)):
        read_description(tmp_path)
