"""From a CSV to a model that answers in its columns and units."""

import numpy as np
import pandas as pd
import pytest

from kvae.serving import read_description, versions
from recipes import export_decoder
from tools import stand_in_server


@pytest.fixture(scope="module")
def people_csv(tmp_path_factory):
    stream = np.random.default_rng(0)
    n = 80
    yes = stream.random(n) < 0.5
    frame = pd.DataFrame(
        {
            "age (years)": np.where(yes, 60, 30) + stream.integers(-5, 5, n),
            "city": np.where(stream.random(n) < 0.8, "Bonn", "Ulm"),
            "income": np.round(stream.normal(3000, 500, n), 2),
            "buys": np.where(yes, "yes", "no"),
        }
    )
    frame.loc[::10, "city"] = None
    path = tmp_path_factory.mktemp("csv") / "people.csv"
    frame.to_csv(path, index=False)
    return path, frame


def test_five_rows_of_a_class_from_a_csv_the_same_twice(people_csv, tmp_path, capsys):
    path, frame = people_csv
    export_decoder.main(
        export_decoder.Config(
            csv=path,
            target="buys",
            steps=600,
            signatures=("sample", "encode"),
            base=tmp_path,
        )
    )
    out = capsys.readouterr().out
    assert '"inputs": {"n": 5, "seed": 7, "class": "no"}' in out
    assert "v1/models/people:predict" in out
    (number,) = versions(tmp_path, "people")
    assert '"people"' in (tmp_path / "models.config").read_text()
    served = stand_in_server.Models(tmp_path).version("people")[1]
    ask = {
        "signature_name": "sample",
        "inputs": {"class": "yes", "n": 5, "seed": 7},
    }
    answer = stand_in_server.predict_json(served, ask)["outputs"]
    assert answer == stand_in_server.predict_json(served, ask)["outputs"]
    assert set(answer) == set(frame.columns)
    assert answer["buys"] == ["yes"] * 5
    assert set(answer["city"]) <= {"Bonn", "Ulm", ""}
    ages = answer["age (years)"]
    assert all(isinstance(age, int) for age in ages) and min(ages) > 45, ages
    assert all(value == round(value, 2) for value in answer["income"])
    description = read_description(tmp_path / "people" / str(number))
    assert description["settings"]["steps"] == 600
    assert [a["name"] for a in description["attributes"]] == list(frame.columns[:3])


def test_mistakes_are_named_before_anything_is_trained(people_csv, tmp_path):
    path = people_csv[0]
    with pytest.raises(ValueError, match="--target expects a column.*'buys'"):
        export_decoder.main(export_decoder.Config(csv=path, base=tmp_path))
    with pytest.raises(ValueError, match="--vae single"):
        export_decoder.main(export_decoder.Config(include_codes=True, base=tmp_path))
