"""A quick world without a model, one of a small model, and pages of both."""

import contextlib
import threading
import warnings

import numpy as np
import pandas as pd
import pytest

from kvae.explorer.server import Server, listen
from kvae.explorer.world import Drawn, Look, World
from kvae.latent.neighbours import neighbours
from kvae.latent.spreading import spread
from kvae.warning_classes import KvaeWarning

SCRIPT = "<script>alert(1)</script>"
NASTY = (SCRIPT, "<img src=x onerror=alert(1)>", "\"'><b>bold</b>", "&lt;i&gt; &amp;")


class Squares(World):
    """Rows are their codes, in a table whose names and cells look like code."""

    name, target, classes = "squares <b>", NASTY[3], (SCRIPT, NASTY[1])
    is_real, has_judge = True, True
    samplers = {"noise": (0.0, 0.25), "posterior": None}

    def __init__(self, num_rows=60):
        side = np.repeat([0, 1], num_rows // 2)
        self.z = np.random.default_rng(0).normal(size=(num_rows, 3)) * [1, 0.5, 0]
        self.z[:, 0] += 6.0 * side
        self.label = np.where(np.arange(num_rows) % 10 == 0, side, -1)
        self.row_id = np.arange(num_rows)

    def decode(self, z, space):
        columns = [*NASTY[:2], "third"]
        frame = pd.DataFrame(np.asarray(z), columns=columns)
        return frame.assign(text=[NASTY[i % len(NASTY)] for i in range(len(frame))])

    def look(self, z, space, beside=-1):
        if beside < 0:
            beside = int(((self.z - z) ** 2).sum(axis=1).argmin())
        decoded = self.decode(np.asarray(z)[None], space)
        return Look(decoded, self.rows([beside]), beside)

    def rows(self, positions):
        return self.decode(self.z[positions], 0)

    def draw(self, sampler, alpha, n, seed, label):
        if n == 13:
            raise ValueError("Thirteen rows are refused.")
        z = np.random.default_rng(seed).normal(size=(n, 3))
        accepted, lineage = np.arange(n) % 2 == 0, pd.DataFrame({"parent": range(n)})
        names = [self.classes[label]] * n
        return Drawn(self.decode(z, 0), names, accepted, z[:, 0], lineage)

    def spread(self, labels):
        return spread(*neighbours(self.z, 8), labels, num_classes=2)


class Pictures(Squares):
    """The same with images instead of tables, and a latent space for each class."""

    name, is_image, by_class, no_labels = (
        "pictures",
        True,
        True,
        "Not here: on purpose.",
    )

    def __init__(self):
        super().__init__()
        self.label = np.repeat([0, 1], 30)

    def decode(self, z, space):
        level = 1 / (1 + np.exp(-np.asarray(z)))
        return np.tile(level[:, None, :], (1, 4, 2))[..., None]


@contextlib.contextmanager
def served(world, host="127.0.0.1"):
    """Yields the url of a world's page."""
    server = Server(world, listen(host), host)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield server.url
    finally:
        server.stop()
        thread.join()


@pytest.fixture
def squares():
    return Squares()


@pytest.fixture
def pictures():
    return Pictures()


@pytest.fixture(scope="session")
def fitted_digits():
    """A small VAE of 200 digits, half of them labelled, with a judge."""
    from kvae import VAEOverSampler, load

    digits = load("digits").train
    labels = digits.y[:200].astype("float64")
    labels[100:] = np.nan
    sampler = VAEOverSampler(
        method="propagate",
        steps=20,
        latent_dim=10,
        random_state=0,
        sampling_strategy=1,
        generative_classifier=0.0,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", KvaeWarning)  # twenty steps are few
        sampler.fit_resample(digits.x[:200], labels)
    return sampler


@pytest.fixture(scope="session")
def digits_world(fitted_digits):
    from kvae.explorer.fitted_world import FittedWorld

    return FittedWorld(fitted_digits, "digits")


@pytest.fixture(scope="session")
def squares_url():
    with served(Squares()) as url:
        yield url


@pytest.fixture(scope="session")
def pictures_url():
    with served(Pictures()) as url:
        yield url


@pytest.fixture(scope="session")
def digits_url(digits_world):
    with served(digits_world) as url:
        yield url


@pytest.fixture
def open_explorer(open_page):
    """Opens a page of the explorer, and waits until it has decoded something."""

    def opened(url, **options):
        page = open_page(url, **options)
        page.wait_for_selector("#view img, #view table")
        page.wait_for_selector("#strip img, #strip table")
        page.wait_for_selector("#map .js-plotly-plot .scatterlayer .point")
        page.wait_for_load_state("networkidle")
        return page

    return opened
