import numpy as np
import pytest

import kvae

SETS = {
    "digits": ((8, 8, 1), 10, 1797),
    "breast_cancer": ((30,), 2, 569),
    "wine": ((13,), 3, 178),
}


@pytest.mark.parametrize("name", SETS)
def test_holds_every_row_once_and_stratified(name):
    shape, classes, rows = SETS[name]
    source = kvae.load(name)
    with source.scoring() as test:
        parts = [source.train, test]
    assert source.element_shape == shape
    assert source.num_classes == classes
    assert sum(len(part.y) for part in parts) == rows
    flat = np.concatenate([part.x.reshape(len(part.y), -1) for part in parts])
    from sklearn import datasets

    data = getattr(datasets, f"load_{name}")().data.astype("float32")
    data = data / 16 if name == "digits" else data
    np.testing.assert_allclose(np.sort(flat.sum(1)), np.sort(data.sum(1)), rtol=1e-5)
    shares = [np.bincount(part.y) / len(part.y) for part in parts]
    np.testing.assert_allclose(*shares, atol=0.03)
    assert source.citation
    assert source.licence


def test_the_split_is_always_the_same():
    first, second = kvae.load("wine"), kvae.load("wine")
    np.testing.assert_array_equal(first.train.x, second.train.x)


def test_tables_have_a_schema_and_images_have_none():
    wine = kvae.load("wine")
    assert wine.schema[0].name == "alcohol"
    assert wine.num_attributes == 13
    digits = kvae.load("digits")
    assert digits.schema is None
    assert digits.num_attributes == 64
    assert digits.train.x.min() == 0.0
    assert digits.train.x.max() == 1.0
