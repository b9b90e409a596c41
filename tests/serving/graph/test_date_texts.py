import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from kvae import BetaVAE, DenseDecoder, DenseEncoder, export
from kvae.cli.date_forms import date_forms, time_forms
from kvae.preprocessing import FrameFormat, Table
from kvae.serving import validate
from kvae.serving.graph.date_texts import DateTexts
from kvae.serving.graph.table_columns import TableRows
from tools.served_version import InvalidArgumentError, ServedVersion

STREAM = np.random.default_rng(0)
TIMES = pd.Series(pd.to_datetime(STREAM.integers(0, 2_000_000_000, 300), unit="s"))
DAYS = TIMES.dt.normalize()


def texts_of(series, form=None):
    """Returns (DateTexts, steps)."""
    frame = series.to_frame("d")
    learned = FrameFormat.of(frame)
    steps = learned.to_tensors(frame)["d"]
    return DateTexts(learned.columns[0], np.nanmax(steps), form), steps


def written(texts, steps):
    return [text.decode() for text in texts.write(tf.constant(steps)).numpy()]


def read(texts, values, holes=False):
    return texts.read("encode", "d", tf.constant(values), holes).numpy()


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/St_Johns"])
def test_times_are_what_isoformat_writes_in_summer_and_winter(zone):
    times = TIMES.dt.tz_localize("UTC").dt.tz_convert(zone).mask(TIMES.index % 7 == 0)
    texts, steps = texts_of(times)
    expected = ["" if pd.isna(t) else t.isoformat() for t in times]
    assert written(texts, steps) == expected
    np.testing.assert_array_equal(read(texts, expected, holes=True), steps)
    shifted = TIMES[:1].dt.tz_localize("UTC").dt.tz_convert("Asia/Kolkata")
    later = [t.isoformat() for t in shifted]  # another zone, the same moment
    first = texts_of(TIMES.dt.tz_localize("UTC").dt.tz_convert(zone))
    assert read(first[0], later)[0] == first[1][0]


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_fractions_of_seconds_stay(unit):
    ticks = STREAM.integers(-(10**6), 10**6, 50)
    times = pd.Series(ticks.view(f"M8[{unit}]"))
    texts, steps = texts_of(times)
    assert (pd.to_datetime(written(texts, steps), format="ISO8601") == times).all()
    np.testing.assert_array_equal(read(texts, written(texts, steps)), steps)


@pytest.mark.parametrize(
    "form",
    ["%d.%m.%Y", "%-d/%-m/%Y", "%m/%d/%y", "%d %b %Y", "%B %d, %Y", "%Y%m%d"],
)
def test_days_are_what_strftime_writes(form):
    texts, steps = texts_of(DAYS, form)
    expected = DAYS.dt.strftime(form).tolist()
    assert written(texts, steps) == expected
    np.testing.assert_array_equal(read(texts, expected), steps)
    iso = DAYS.dt.strftime("%Y-%m-%d").tolist()
    np.testing.assert_array_equal(read(texts, iso), steps)
    assert texts_of(DAYS)[0].form == "%Y-%m-%d"


@pytest.mark.parametrize(
    "cells",
    [
        ["31.12.2018 9:05", "1.2.2019 17:53", "3.2.2019 0:00"],
        ["5/19/2015 12:05:07 am", "12/1/2015 01:00:00 pm", "12/2/2015 12:00:00 pm"],
        ["13/04/2015 10:00:00.25+01:00", "14/04/2015 11:30:00.50+01:00"],
        ["2019-02-28T10:00:00Z", "2019-02-28T11:30:00Z", "2019-03-01T00:00:00Z"],
    ],
)
def test_a_file_s_own_form_is_served(cells):
    cells = pd.Series(cells)
    form = date_forms(cells)[0]
    texts, steps = texts_of(form.read(cells), form.letters)
    assert written(texts, steps) == form.write(form.read(cells)).tolist()
    assert written(texts, steps) == cells.tolist()
    np.testing.assert_array_equal(read(texts, cells.tolist()), steps)


@pytest.mark.parametrize("cells", [["7:05", "17:53"], ["5:07 PM", "11:30 AM"]])
def test_times_of_the_day_are_served_in_their_form(cells):
    form = time_forms(pd.Series(cells))[0]
    texts, steps = texts_of(form.read(pd.Series(cells)), form.letters)
    assert written(texts, steps) == cells
    np.testing.assert_array_equal(read(texts, cells), steps)


def test_lengths_of_time_are_hours_that_pandas_reads():
    lengths = pd.Series(pd.to_timedelta(STREAM.integers(-(10**9), 10**9, 99), "ms"))
    texts, steps = texts_of(lengths)
    assert (pd.to_timedelta(written(texts, steps)) == lengths).all()
    np.testing.assert_array_equal(read(texts, written(texts, steps)), steps)
    below, zero, above = read(texts, ["-26:30", "0:00", "26:30:00.0"])
    assert zero - below == above - zero > 0


@pytest.mark.parametrize(
    "bad",
    ["30.2.2019", "2019-02-30", "2019-13-01", "2019-01-01T24:00", "soon", "", "9" * 30,
     "0000-01-01", "2019-01-01T00:00:00Z"],
)  # fmt: skip
def test_what_is_no_date_is_refused_with_an_example(bad):
    texts, _ = texts_of(DAYS, "%d.%m.%Y")
    day = written(texts, [0.0])[0]
    words = f"encode expects d like {day}. Received:"
    with pytest.raises(tf.errors.InvalidArgumentError, match=words):
        read(texts, [day, bad])


def test_a_time_without_its_zone_is_refused():
    texts, _ = texts_of(TIMES.dt.tz_localize("UTC"))
    with pytest.raises(tf.errors.InvalidArgumentError, match="encode expects d like"):
        read(texts, ["2019-01-01T00:00:00"])


def test_forms_that_cannot_be_served_are_named():
    with pytest.raises(ValueError, match=r"letters B, H, .*Received: '%Q'"):
        texts_of(DAYS, "%Q")
    zoned = TIMES.dt.tz_localize("UTC").dt.tz_convert("Europe/Berlin")
    with pytest.raises(ValueError, match="expects %z: the offset of Europe/Berlin"):
        texts_of(zoned, "%d.%m.%Y %H:%M:%S")
    years = pd.Series((np.array([0, 400_000]) * 10**6).view("M8[s]"))
    with pytest.raises(ValueError, match="years of four digits"):
        texts_of(years)


def test_an_exported_table_is_asked_and_answers_in_dates(tmp_path):
    day = DAYS.mask(DAYS.index % 9 == 0)
    zoned = TIMES.dt.tz_localize("UTC").dt.tz_convert("Europe/Berlin")
    frame = pd.DataFrame(
        {"day": day, "seen": zoned, "born": DAYS, "n": STREAM.integers(0, 9, 300)}
    )
    frame["once"] = pd.Timestamp("2020-02-29")
    table = Table(frame)
    decoder = DenseDecoder((table.width,))
    vae = BetaVAE(DenseEncoder(2), decoder, reconstruction="mixed", schema=table.schema)
    vae.build((None, table.width))
    formats = {"born": "%d.%m.%Y"}
    asked = ["sample", "encode", "encode_examples"]
    path = export(
        vae, tmp_path / "1", table=table, date_formats=formats, signatures=asked
    )
    (report,) = validate(path)
    assert report["blessed"], report["reason"]
    version = ServedVersion(path)
    asked = {"n": np.array(200, "int32"), "seed": np.array(1, "int64")}
    rows = version.predict("sample", asked)
    assert set(rows["once"]) == {b"2020-02-29"}
    known = {d.encode() for d in day.dropna().dt.strftime("%Y-%m-%d")}
    assert min(known) <= min(rows["day"]) <= max(rows["day"]) <= max(known)
    moments = pd.to_datetime([t.decode() for t in rows["seen"]], utc=True)
    assert zoned.min() <= moments.min() and moments.max() <= zoned.max()
    assert {text[-6:] for text in rows["seen"]} == {b"+01:00", b"+02:00"}
    pd.to_datetime([t.decode() for t in rows["born"]], format="%d.%m.%Y")
    sent = {k: v for k, v in rows.items() if k in frame}
    sent["day"][0] = b""  # a hole
    sent["n"] = sent["n"].astype("float64")
    assert version.predict("encode", sent)["z_mean"].shape == (200, 2)
    sent["born"] = np.array([b"2019-02-29"] * 200, object)
    with pytest.raises(InvalidArgumentError, match="encode expects born like"):
        version.predict("encode", sent)
    with pytest.raises(ValueError, match="columns of dates. Received: n;"):
        TableRows(table, "label", {"n": "%Y"})
