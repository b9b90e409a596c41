import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from kvae import BetaVAE, DenseDecoder, DenseEncoder, export
from kvae.preprocessing import Table
from kvae.preprocessing.written_dates import calendar
from kvae.serving.graph.row_formats import ExampleRows
from kvae.serving.graph.table_columns import TableRows
from tools.served_version import InvalidArgumentError, ServedVersion

GOOD = {
    "age (years)": [31.0, np.nan],
    "city": ["Bonn", ""],
    "children": [2, 0],
    "height": [1.71, 1.85],
    "member": ["True", "False"],
    "class": ["yes", "no"],
}


def call(version, name, **inputs):
    typed = {k: np.array(v, version.dtype(name, k)) for k, v in inputs.items()}
    return version.predict(name, typed)


@pytest.fixture
def table():
    frame = pd.DataFrame({"n": [1, 2, 5], "colour": ["red", None, "blue"]})
    return frame, Table(frame)


def test_rows_come_back_in_their_own_units(table):
    frame, learned = table
    rows = TableRows(learned, "label")
    columns = {
        "n": tf.constant([1.0, 5.0], tf.float64),
        "colour": tf.constant(["", "red"]),
    }
    x = rows.read("encode", columns)
    np.testing.assert_array_equal(
        x, learned.transform(frame.iloc[[1, 0]].assign(n=[1, 5]))
    )
    back = rows.write(x)
    assert back["n"].numpy().tolist() == [1, 5]
    assert back["colour"].numpy().tolist() == [b"", b"red"]


def test_absent_features_of_an_example_are_holes(table):
    rows = ExampleRows(TableRows(table[1], "label"))
    feature = tf.train.Feature(float_list=tf.train.FloatList(value=[2.0]))
    example = tf.train.Example(features=tf.train.Features(feature={"n": feature}))
    x = rows.read("encode", {"examples": tf.constant([example.SerializeToString()])})
    assert rows.write(x)["colour"].numpy().tolist() == [b""]
    with pytest.raises(tf.errors.InvalidArgumentError, match="n to be finite"):
        empty = tf.train.Example().SerializeToString()
        rows.read("encode", {"examples": tf.constant([empty])})


def test_five_rows_of_a_class_with_the_names_and_units_of_the_table(served_table):
    ask = {"class": "yes", "n": 5, "seed": 7}
    rows = call(served_table, "sample", **ask)
    assert set(rows) == {*GOOD, "buys"} - {"class"}
    assert all(len(column) == 5 for column in rows.values())
    assert set(rows["city"]) <= {b"Bonn", b"Ulm", b"Kiel", b""}
    assert rows["children"].dtype == "int64"
    assert np.array_equal(rows["height"], np.round(rows["height"], 2))
    again = call(served_table, "sample", **ask)
    for name, column in rows.items():
        np.testing.assert_array_equal(column, again[name])


def test_rows_of_a_table_are_draws_not_means(served_table):
    """Not the likeliest word, nor the mean height, in every row."""
    rows = call(served_table, "sample", **{"class": "yes", "n": 50, "seed": 7})
    assert len(set(rows["city"])) > 1 and len(set(rows["member"])) == 2
    other = call(served_table, "augment_rows", **GOOD, noise=0, posterior=0, seed=3)
    again = call(served_table, "augment_rows", **GOOD, noise=0, posterior=0, seed=4)
    assert other["height"].tolist() != again["height"].tolist()


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        (
            "city",
            "Rome",
            "city to be one of: Bonn, Kiel, Ulm, .empty.. Received:. .Rome",
        ),
        ("member", "", "member to be one of: False, True"),
        ("children", np.nan, "children to be finite"),
        ("height", np.inf, "height to be finite"),
        ("class", "maybe", "class to be one of: no, yes"),
    ],
)
def test_says_which_value_a_column_does_not_know(served_table, column, value, words):
    bad = {**GOOD, column: [GOOD[column][0], value]}
    assert len(call(served_table, "encode", **GOOD)["z_mean"]) == 2
    with pytest.raises(InvalidArgumentError, match=words):
        call(served_table, "encode", **bad)


def test_new_rows_of_an_exported_table_hold_values_that_exist(tmp_path):
    stream = np.random.default_rng(0)
    days = calendar("YYYYMMDD")[43_000 + 10 * stream.integers(0, 40, 100)]
    frame = pd.DataFrame(
        {
            "rain": np.where(np.arange(100) < 80, 0.0, 5 + stream.random(100)),
            "paid": np.where(np.arange(100) % 5 < 2, 1.71, stream.integers(9, 40, 100)),
            "wage": 500.0 * stream.integers(2, 90, 100),
            "day": np.where(np.arange(100) % 9, days, np.nan),
            "two": np.where(np.arange(100) % 4, 0, 9),
            "fee": 0.05 * stream.integers(0, 90, 100),  # 0.15000000000000002
            "large": np.uint64(2**63) + stream.integers(0, 2**60, 100).astype("uint64"),
            "paid up": stream.random(100) < 0.5,
            "said": stream.choice(np.array(["good", "bad", None], object), 100),
            "city": stream.choice(["Bonn", "Ulm", "Jena"], 100),
        }
    )
    frame["zip"] = frame["city"].map({"Bonn": "53111", "Ulm": "89073", "Jena": "07743"})
    table = Table(frame, together=[("city", "zip")])
    decoder = DenseDecoder((table.width,))
    vae = BetaVAE(DenseEncoder(2), decoder, reconstruction="mixed", schema=table.schema)
    vae.build((None, table.width))
    path = export(vae, tmp_path / "1", table=table, signatures=["sample"])
    version = ServedVersion(path)
    rows = call(version, "sample", n=500, seed=0)
    assert (rows["wage"] % 500 == 0).all() and len(set(rows["wage"])) > 20
    assert np.isin(rows["day"][~np.isnan(rows["day"])], calendar("YYYYMMDD")).all()
    assert set(rows["two"]) == {0, 9} and rows["two"].dtype == "int64"
    assert set(rows["paid"]) <= {1.71, *range(9, 40)}
    np.testing.assert_array_equal(rows["fee"], np.rint(20 * rows["fee"]) / 20)
    large = rows["large"]
    assert large.min() >= 2**63 and large.max() <= float(frame["large"].max())
    assert len(set(large)) > 20
    assert set(rows["paid up"]) == {b"True", b"False"}
    assert set(rows["said"]) <= {b"good", b"bad", b""}
    assert set(rows["city & zip"]) <= {b"Bonn & 53111", b"Ulm & 89073", b"Jena & 07743"}
    rain = rows["rain"]
    assert ((rain == 0) | (rain >= 5)).all() and 0 < np.mean(rain == 0) < 1


def test_columns_of_different_lengths_are_refused(served_table):
    with pytest.raises(InvalidArgumentError, match="as many rows of city as of age"):
        call(served_table, "encode", **{**GOOD, "city": ["Bonn"]})


def test_names_that_requests_need_are_refused():
    table = Table(pd.DataFrame({"n": [1, 2], "seed": [1, 2], "label": [1, 2]}))
    with pytest.raises(ValueError, match="than label, seed,"):
        TableRows(table, "label")
