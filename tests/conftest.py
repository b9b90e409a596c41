"""Small things that many tests share."""

import datetime
import html
import re
import shutil

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest

from kvae.data.guarded import Rows
from kvae.data.source import Source
from kvae.models import BetaVAE, DenseDecoder, DenseEncoder


@pytest.fixture
def table_rows():
    """Two well separated classes, 4 attributes, 20 rows each."""
    stream = np.random.default_rng(0)
    y = np.repeat([0, 1], 20)
    x = stream.normal(size=(40, 4)) + 3.0 * y[:, None]
    return Rows(x.astype("float32"), y)


@pytest.fixture
def make_vae():
    """Makes a small built VAE on 4 attributes; any BetaVAE argument can be given."""

    def make(
        seeds=0,
        element_shape=(4,),
        dtype="float32",
        latent_dim=2,
        cls=BetaVAE,
        **kwargs,
    ):
        kwargs = {"reconstruction": "gaussian", **kwargs}
        vae = cls(
            DenseEncoder(latent_dim, (8,), seeds=seeds, dtype=dtype),
            DenseDecoder(element_shape, (8,), seeds=seeds, dtype=dtype),
            dtype=dtype,
            **kwargs,
        )
        lead = (None,) if isinstance(seeds, int) else (len(seeds), None)
        vae.build((*lead, *element_shape))
        vae.compile("adam", steps_per_execution=10)
        return vae

    return make


@pytest.fixture
def make_source(table_rows):
    """Makes a table source with 40 training rows and 10 test rows."""

    def make(**kwargs):
        stream = np.random.default_rng(1)
        test = Rows(stream.normal(size=(10, 4)).astype("float32"), np.arange(10) % 2)
        return Source(
            "toy",
            **{
                "train": table_rows,
                "guarded_test": test,
                "class_names": ("no", "yes"),
                **kwargs,
            },
        )

    return make


DATES = pd.to_datetime(["2020-01-01", None, "2020-03-05", "2021-01-01"])
WHOLE = ["2020-01-01", "2020-03-05", "2021-01-01 00:00:01", "2021-01-01"]


@pytest.fixture(scope="session")
def every_dtype():
    """Four rows with a column of every dtype, most of them with a hole."""

    def objects(values):
        return pd.Series(values, dtype=object, index=list("wxyz"))

    return pd.DataFrame(
        {
            "float": [1.25, None, 3.0, 4],
            "float32": np.array([0.1, 0.2, np.nan, 3], "float32"),
            "int": [1, 2, 3, -7],
            "uint8": np.array([0, 255, 3, 4], "uint8"),
            "Int64": pd.array([1, None, 3, 4], "Int64"),
            "zero or one": [1, 0, 1, 0],
            "bool": [True, False, True, True],
            "boolean": pd.array([True, None, False, True], "boolean"),
            "str": ["a", None, "b", "c"],
            "string": pd.array(["q", "w", None, "q"], "string"),
            "empty text": ["", "a", "", "b"],
            "category": pd.Categorical(["x", "y", None, "x"], list("zyx")),
            "ordered": pd.Categorical(list("lhml"), list("lmh"), ordered=True),
            "date": DATES,
            "zone": pd.to_datetime(WHOLE, format="ISO8601").tz_localize("Asia/Tokyo"),
            "length": pd.to_timedelta([1, 2, 3, None], unit="h"),
            "period": pd.PeriodIndex(["2020", "2021", "2020", "2021"], freq="Y"),
            "sparse": pd.arrays.SparseArray([0, 0, 1.5, 2.0]),
            "objects": objects([1, "1", None, (1, 2)]),
            "numbers": objects([1, 2, None, 3]),
            "days": objects([datetime.date(2020, 1, day) for day in (1, 2, 3, 4)]),
            "constant": [5] * 4,
            "nothing": objects([None] * 4),
            3: [np.nan] * 4,
        },
        index=list("wxyz"),
    )


@st.composite
def _random_frames(draw, max_rows=12):
    """Frames of 2 to 12 rows with random columns, values, holes and index."""
    num_rows = draw(st.integers(2, max_rows))
    makers = draw(st.lists(st.sampled_from(sorted(_MAKERS)), min_size=1, max_size=6))
    columns = {}
    for i, name in enumerate(makers):
        values, dtype, may_have_holes = _MAKERS[name]
        column = draw(st.lists(values, min_size=num_rows, max_size=num_rows))
        if may_have_holes:
            size = {"min_size": num_rows, "max_size": num_rows}
            holes = draw(st.lists(st.booleans(), **size))
            column = [
                None if hole else v for hole, v in zip(holes, column, strict=True)
            ]
        columns[f"{name} {i}"] = pd.Series(column, dtype=dtype)
    frame = pd.DataFrame(columns)
    frame.index = draw(st.permutations(range(num_rows)))
    return frame


@pytest.fixture(scope="session")
def random_frames():
    """A hypothesis strategy: draw a frame with `data.draw(random_frames)`."""
    return _random_frames()


_MAKERS = {
    "float": (
        st.floats(-(2.0**24), 2.0**24, allow_subnormal=False),
        "float64",
        True,
    ),
    "float32": (
        st.floats(-(2.0**24), 2.0**24, width=32, allow_subnormal=False),
        "float32",
        True,
    ),
    "int": (st.integers(-(2**24), 2**24), "int64", False),
    "uint8": (st.integers(0, 255), "uint8", False),
    "Int32": (st.integers(-(2**24), 2**24), "Int32", True),
    "bool": (st.booleans(), "bool", False),
    "boolean": (st.booleans(), "boolean", True),
    "str": (st.text(max_size=3), "str", True),
    "object": (
        st.sampled_from(["a", "", "A", "ä ö", 1, 2.5, True]),
        "object",
        True,
    ),
    "category": (st.sampled_from("abc"), pd.CategoricalDtype(list("dcba")), True),
    "ordered": (
        st.sampled_from([1, 2, 5]),
        pd.CategoricalDtype([5, 2, 1, 0], ordered=True),
        True,
    ),
    "date": (
        st.datetimes(datetime.datetime(1950, 1, 1), datetime.datetime(2050, 1, 1)),
        "datetime64[us]",
        True,
    ),
    "constant": (st.just("same"), "str", True),
}


@pytest.fixture(scope="session")
def chromium():
    """The system's Chromium, headless; tests that ask for it are left out without."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("there is no Chromium here: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    options = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
    options += ["--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=options)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium):
    """Opens a page, at a width and in a theme; it keeps what went wrong.

    `page.problems` are errors of its console; `page.asked_for` what it loaded.
    """
    contexts = []

    def opened(url, width=1440, dark=False, **options):
        scheme = "dark" if dark else "light"
        size = {"width": width, "height": 900}
        context = chromium.new_context(viewport=size, color_scheme=scheme, **options)
        contexts.append(context)
        page = context.new_page()
        page.problems, page.asked_for = [], []
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        page.on(
            "console",
            lambda said: said.type == "error" and page.problems.append(said.text),
        )
        page.on("request", lambda request: page.asked_for.append(request.url))
        page.goto(url)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def barriers():
    """Returns what axe-core finds serious or critical in a page, one text each."""
    from axe_playwright_python.sync_playwright import Axe

    def found(page):
        violations = Axe().run(page).response["violations"]
        return [
            f"{v['id']}: {v['help']} ({v['nodes'][0]['html'][:200]})"
            for v in violations
            if v["impact"] in ("serious", "critical")
        ]

    return found


@pytest.fixture(scope="session")
def text_of_page():
    """Returns the texts of a page, as a reader sees them: no tags, no scripts."""

    def text(path):
        whole = re.sub(r"(?s)<(script|style)\b.*?</\1>", "", path.read_text())
        return html.unescape(re.sub(r"<[^>]+>", " ", whole))

    return text
