"""From a CSV to a model that answers in its columns and units."""

import os
import subprocess
import sys
import textwrap

import numpy as np
import pandas as pd
import pytest

from kvae.cli import commands as cli
from kvae.serving import read_description, versions
from recipes import export_decoder
from tools import rest_json, served_version


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
    days = pd.Timestamp("2019-01-01") + pd.to_timedelta(np.arange(80) * 7 % 400, "D")
    frame.insert(3, "since", days.strftime("%d.%m.%Y"))
    frame.loc[::10, "city"] = None
    path = tmp_path_factory.mktemp("csv") / "people.csv"
    frame.to_csv(path, index=False)
    return path, frame


@pytest.fixture(scope="module")
def model(people_csv, tmp_path_factory):
    """What `kvae augment` makes of the CSV: a VAE that is told the class."""
    out = tmp_path_factory.mktemp("out") / "people"
    asked = [str(people_csv[0]), "--target", "buys", "--steps", "600"]
    cli.main(["augment", *asked, "--no-verdict", "--out", str(out)])
    return out / "model"


def test_five_rows_of_a_class_from_a_csv_the_same_twice(
    people_csv, model, tmp_path, capsys
):
    frame = people_csv[1]
    asked = {"signatures": ("sample", "encode"), "base": tmp_path}
    export_decoder.main(export_decoder.Config(model=model, **asked))
    out = capsys.readouterr().out
    assert "ConditionalVAE on 80 rows of people" in out
    assert '"inputs": {"n": 5, "seed": 7, "class": "no"}' in out
    assert "v1/models/people:predict" in out
    (number,) = versions(tmp_path, "people")
    assert '"people"' in (tmp_path / "models.config").read_text()
    served = served_version.Models(tmp_path).version("people")[1]
    ask = {
        "signature_name": "sample",
        "inputs": {"class": "yes", "n": 5, "seed": 7},
    }
    answer = rest_json.predict_json(served, ask)["outputs"]
    assert answer == rest_json.predict_json(served, ask)["outputs"]
    assert set(answer) == set(frame.columns)
    assert answer["buys"] == ["yes"] * 5
    assert set(answer["city"]) <= {"Bonn", "Ulm", ""}
    pd.to_datetime(pd.Series(answer["since"]), format="%d.%m.%Y")  # as the file does
    assert all(isinstance(age, int) for age in answer["age (years)"])
    many = {**ask, "inputs": {**ask["inputs"], "n": 200}}
    ages = rest_json.predict_json(served, many)["outputs"]["age (years)"]
    assert np.mean(np.array(ages) > 45) > 0.7
    assert all(value == round(value, 2) for value in answer["income"])
    description = read_description(tmp_path / "people" / str(number))
    assert description["settings"]["steps"] == 600
    assert [a["name"] for a in description["attributes"]] == list(frame.columns[:4])


@pytest.mark.parametrize(
    ("signatures", "said"),
    [
        (("decode",), "class_name=['no']))"),
        (("encode", "reconstruct"), "It answers encode, reconstruct."),
    ],
)
def test_says_how_to_ask_for_what_there_is(model, tmp_path, capsys, signatures, said):
    asked = {"signatures": signatures, "base": tmp_path}
    export_decoder.main(export_decoder.Config(model=model, **asked))
    assert said in capsys.readouterr().out


def test_mistakes_are_named_before_anything_is_trained(model, tmp_path):
    def mistake(**asked):
        export_decoder.main(export_decoder.Config(base=tmp_path, **asked))

    with pytest.raises(FileNotFoundError, match="--model expects.*no .*nothing"):
        mistake(model=tmp_path / "nothing")
    with pytest.raises(ValueError, match="leave the codes out"):
        mistake(model=model, include_codes=True)
    with pytest.raises(ValueError, match="--vae single"):
        mistake(include_codes=True)


def test_onnx_files_run_by_the_lines_that_are_printed(tmp_path, capsys):
    pytest.importorskip("onnxruntime")
    config = export_decoder.Config(
        steps=2, latent_dim=2, hidden_units=(4,), format="onnx", onnx=tmp_path / "onnx"
    )
    export_decoder.main(config)
    printed = capsys.readouterr().out
    folder = tmp_path / "onnx" / "digits"
    assert {"decode.onnx", "encode.onnx", "sample.onnx"} <= set(os.listdir(folder))
    assert "left out  decode_png" in printed
    assert not (tmp_path / "saved_models").exists()
    _, code = printed.split("the folder has:\n")
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code) + "\nimport sys\n"
         "assert 'tensorflow' not in sys.modules"],
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "array(" in done.stdout
