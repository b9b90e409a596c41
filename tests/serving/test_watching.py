import copy

import numpy as np
import pandas as pd
import pytest

from kvae import BetaVAE, DenseDecoder, DenseEncoder, export
from kvae.preprocessing import Table
from kvae.serving import Client, ServingError, read_description
from kvae.serving.watching import check
from tests.serving.conftest import people
from tools.served_version import ServedVersion


def table_vae(table, seed):
    vae = BetaVAE(
        DenseEncoder(2),
        DenseDecoder((table.width,)),
        reconstruction="mixed",
        schema=table.schema,
    )
    vae.build((None, table.width))
    stream = np.random.default_rng(seed)
    for weight in vae.trainable_variables:  # any model, but not the same
        weight.assign(stream.normal(0.0, 0.7, weight.shape))
    return vae


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """Paths of a model, and of another one of the same table."""
    base, frame = tmp_path_factory.mktemp("watched"), people(200)
    frame["joined"] = pd.Timestamp("2020-01-01") + pd.to_timedelta(
        np.arange(200) % 90, "D"
    )
    table = Table(frame)
    return [
        export(
            table_vae(table, seed),
            base / str(seed),
            table=table,
            signatures=["sample", "describe"],
            about={"revision": f"r{seed}"},
        )
        for seed in (1, 2)
    ]


def client_of(path, spoil=None):
    """A client whose server is a session in this process."""
    client, version = Client("http://localhost:1", "people"), ServedVersion(path)

    def ask(name, inputs):
        typed = {k: np.array(v, version.dtype(name, k)) for k, v in inputs.items()}
        answer = version.predict(name, typed)
        return spoil(answer) if spoil and name == "sample" else answer

    client._ask = ask
    return client


def test_a_model_that_is_what_it_says_passes(models):
    client = client_of(models[0])
    for seed in range(1, 6):
        found = client.check(1000, seed=seed)
        assert found.passed, found.sentence
    assert found.sentence.startswith("people generates what its description says (1000")
    assert client.check(200, description=models[0]).passed
    described = client.describe()
    assert client.check(200, description=described).passed


def test_a_push_of_another_model_is_told(models):
    found = client_of(models[1]).check(1000, description=read_description(models[0]))
    assert not found.passed and "generates" in found.changed
    assert "A push has changed people: other revision, generates" in found.sentence
    assert "(revision r1, now r2)" in found.sentence
    assert found.differs and "other rows than before" in found.sentence
    assert found.sentence.count(". ") == 1  # two sentences


def test_a_push_of_the_same_rows_is_told_apart(models):
    before = copy.deepcopy(read_description(models[0]))
    before["revision"] = "r0"
    found = client_of(models[0]).check(1000, description=before)
    assert found.changed == ("revision",) and not found.differs
    assert "still those described before" in str(found)


def test_rows_that_no_longer_fit_the_description_are_named(models):
    def taller(answer):
        return {**answer, "height": answer["height"] + 0.1}

    found = client_of(models[0], taller).check(1000)
    assert found.differs == ("height",) and not found.changed
    assert "no longer generates what its description says: height (" in found.sentence


def test_models_that_say_nothing_of_themselves_are_named(models):
    client = client_of(models[0])
    nothing = {**client.describe(), "generates": None}
    with pytest.raises(ValueError, match="where sample is among the signatures"):
        check(client, 100, description=nothing)

    def refuse(name, inputs):
        raise ServingError('Serving signature key "describe" not found.')

    client._ask = refuse
    with pytest.raises(ServingError, match="describe"):
        client.check()
