import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from kvae.preprocessing import Encoding, FromInputs, Table, ToInputs


@pytest.fixture(scope="module")
def both(every_dtype):
    table = Table(every_dtype)
    columns = table.form.to_tensors(every_dtype)
    return table, {key: tf.constant(value) for key, value in columns.items()}


def test_runs_in_a_graph_with_strings(both):
    table, columns = both

    @tf.function
    def there_and_back(columns):
        return table.from_inputs(table.to_inputs(columns))

    for key, back in there_and_back(columns).items():
        np.testing.assert_array_equal(back.numpy(), columns[key].numpy(), err_msg=key)


def _mixed(num_columns, num_rows=40):
    """A table of numbers, spikes, words, answers and days, half of them with holes."""
    stream = np.random.default_rng(0)
    columns = {}
    for i in range(num_columns):
        hidden = stream.normal(size=num_rows)
        column = [
            pd.Series(hidden),
            pd.Series(np.where(hidden < 0, 0.0, np.round(hidden, 2))),
            pd.Series(np.array(list("abc"))[np.digitize(hidden, [-0.5, 0.5])]),
            pd.Series(hidden > 0).astype("boolean"),
            pd.Series(pd.Timestamp("2020-01-01") + pd.to_timedelta(hidden, unit="D")),
        ][i % 5]
        if i % 2:
            column[: num_rows // 10] = None
        columns[f"c{i}"] = column
    return pd.DataFrame(columns)


def test_a_table_of_ten_times_the_columns_takes_as_many_operations():
    def operations(num_columns):
        frame = _mixed(num_columns)
        table = Table(frame)
        columns = table.form.to_tensors(frame)
        both = tf.function(lambda c: table.from_inputs(table.to_inputs(c)))
        graph = both.get_concrete_function(
            {key: tf.constant(value) for key, value in columns.items()}
        ).graph
        ends = ("Placeholder", "Identity")  # one for each column that is fed, or read
        return sum(operation.type not in ends for operation in graph.get_operations())

    assert operations(200) == operations(20)


def test_columns_side_by_side_equal_a_loop_over_single_columns(every_dtype):
    for frame in (every_dtype, _mixed(20)):
        table = Table(frame)
        columns, encodings = table.form.to_tensors(frame), table.to_inputs.encodings
        singly = [ToInputs([e])({e.key: columns[e.key]}) for e in encodings if e.width]
        x = table.transform(frame)
        np.testing.assert_array_equal(x, np.concatenate(singly, axis=1))
        x = np.random.default_rng(0).normal(size=(30, table.width)).astype("float32")
        back = table.from_inputs(x)
        for encoding, attribute in zip(encodings, table.schema, strict=True):
            alone = FromInputs([encoding])(x[:, slice(*attribute.span)])
            np.testing.assert_array_equal(back[encoding.key], alone[encoding.key])


def test_is_part_of_an_exported_graph(both, tmp_path):
    table, columns = both
    archive = keras.export.ExportArchive()
    archive.track(table.to_inputs)
    spec = {key: tf.TensorSpec([None], value.dtype) for key, value in columns.items()}
    archive.add_endpoint("encode", lambda columns: table.to_inputs(columns), [spec])
    archive.write_out(str(tmp_path / "1"), verbose=False)
    x = tf.saved_model.load(str(tmp_path / "1")).encode(columns)
    np.testing.assert_array_equal(x, table.to_inputs(columns))


@pytest.mark.parametrize("name", ["to_inputs", "from_inputs"])
def test_config_makes_the_same_layer(both, name):
    table, columns = both
    layer = getattr(table, name)
    config = keras.saving.serialize_keras_object(layer)
    again = keras.saving.deserialize_keras_object(config)
    inputs = columns if name == "to_inputs" else table.to_inputs(columns)
    for one, other in zip(
        tf.nest.flatten(layer(inputs)), tf.nest.flatten(again(inputs)), strict=True
    ):
        np.testing.assert_array_equal(one, other)


def test_holes_are_zeros_and_a_flag():
    number = Encoding(
        "n", "integer", flag=True, knots=(1.0, 3.0), scores=(-1.0, 1.0), decimals=0
    )
    word = Encoding("w", "nominal", flag=True, levels=("a", "b", "c"))
    layer = ToInputs([number, word])
    x = layer({"n": np.array([np.nan, 2.0]), "w": np.array(["b", ""])})
    np.testing.assert_array_equal(x, [[0, 1, 0, 1, 0, 0], [0, 0, 0, 0, 0, 1]])


def test_unseen_levels_count_as_holes():
    layer = ToInputs([Encoding("w", "nominal", levels=("a", "b", "c"))])
    np.testing.assert_array_equal(layer({"w": np.array(["z"])}), [[0, 0, 0]])


def test_what_comes_back_keeps_range_and_decimals():
    encoding = Encoding(
        "n", "continuous", knots=(0.1, 0.7), scores=(-1.0, 1.0), decimals=1
    )
    back = FromInputs([encoding])(np.array([[-9.0], [9.0], [0.1]]))["n"]
    np.testing.assert_array_equal(back, [0.1, 0.7, 0.4])


def test_absent_columns_and_inputs_of_another_width_are_refused():
    encoding = Encoding("w", "nominal", levels=("a", "b", "c"))
    with pytest.raises(ValueError, match=r"Absent: \['w'\]"):
        ToInputs([encoding])({"v": np.array(["a"])})
    with pytest.raises(ValueError, match=r"\(None, 3\).*shape=\(1, 2\)"):
        FromInputs([encoding])(np.zeros((1, 2)))
