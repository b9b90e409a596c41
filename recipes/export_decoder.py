"""From data to a model that a server serves: train, export, validate, publish.

    python -m recipes.export_decoder                       # digits; 1 min on 2 cores
    python -m recipes.export_decoder --data wine           # a table, in its own units
    python -m recipes.export_decoder --model out/people/model
    python -m recipes.export_decoder --format onnx         # files for other runtimes
    python -m recipes.export_decoder --quick               # a tenth of the steps

`--model` takes what `kvae augment people.csv --target buys` has trained. The deck has
no number for it. A VAE for each class (a Multi-VAE), or one that is told the class,
answers for a class by draws from its prior; `--vae single` trains one VAE on all rows,
and draws for a class only with `--include-codes`: then the codes of the labelled rows
are in the model, and decode to about those rows. New images are means of p(x | z), new
rows of tables draws from it. The version goes to <base>/<name>/<seconds since 1970>.
With --format onnx nothing is published: ONNX files, one for each signature that ONNX
can say, go to <onnx>/<name> (extra `onnx`).
"""

import dataclasses
import json
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from recipes import common


@dataclass(frozen=True)
class Config:
    data: str = "digits"
    """A data set that kvae.load knows."""
    model: Path | None = None
    """The folder `model` of `kvae augment` instead."""
    vae: Literal["multi", "single"] = "multi"
    """A VAE for each class, or one for all rows."""
    include_codes: bool = False
    """With one VAE for all rows: the codes of the labelled ones go into the model."""
    latent_dim: int | None = None
    """By default the protocol's."""
    hidden_units: tuple[int, ...] = ()
    """Of the encoder; the decoder has the same, reversed. By default the protocol's."""
    steps: int | None = None
    """Training steps; by default the protocol's."""
    signatures: tuple[str, ...] = ()
    """Some of the signatures only, such as decode sample; by default all."""
    settings: Path | None = None
    """A settings.json of `recipes.search`, instead of the protocol's."""
    seed: int = 0
    """Of weights, batches and noise."""
    format: Literal["saved_model", "onnx"] = "saved_model"
    """A version for TF Serving, or a file for each signature."""
    onnx: Path = Path("out/onnx")
    """Folder of the ONNX files of all models."""
    base: Path = Path("saved_models")
    """Folder of all models."""
    name: str | None = None
    """The model's name; by default the data's, or that of the model's folder."""
    version: int | None = None
    """By default the seconds since 1970."""
    keep: int = 3
    """How many versions of the name stay."""
    data_dir: Path | None = None
    """Folder of prepared tfds data; by default TFDS_DATA_DIR."""
    quick: bool = False
    """A tenth of the steps."""


QUICK = {}


@dataclass(frozen=True)
class Trained:
    """A VAE, and what its export needs and says."""

    name: str
    vae: object
    rows: object
    class_names: tuple
    table: object = None
    target: str = "label"
    date_formats: dict | None = None
    facts: dict = field(default_factory=dict)


def main(config):
    import kvae
    from kvae import serving
    from kvae.serving.server_files import write_server_files

    trained = _open(config) if config.model else _train(config)
    vae, rows = trained.vae, trained.rows
    name = config.name or trained.name.replace("/", "_")
    print(f"trained   {type(vae).__name__} on {len(rows.y)} rows of {trained.name}")
    by_class = type(vae) is not kvae.BetaVAE
    codes = None
    if config.include_codes:
        codes = kvae.encode(vae, *rows.take(rows.y >= 0))
    folder = Path(tempfile.mkdtemp(prefix="kvae-export-"))
    try:
        path = serving.export(
            vae,
            folder / name,
            class_names=trained.class_names if by_class or codes else None,
            codes=codes,
            include_codes=codes is not None,
            signatures=config.signatures or None,
            table=trained.table,
            target=trained.target,
            date_formats=trained.date_formats,
            about={
                **trained.facts,
                "name": name,
                "data": trained.name,
                "revision": common.revision(),
            },
        )
        if config.format == "onnx":
            chosen = config.signatures or None
            written = serving.export_onnx(path, config.onnx / name, chosen, True)
            print(_how_to_run(written))
            return
        print("exported  validating it in a process without Keras ...", flush=True)
        version = serving.push(
            path, config.base, name, version=config.version, keep=config.keep
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    write_server_files(config.base)
    print(f"published {version}\n")
    print(_how_to_ask(config.base, name, version))


def _open(config):
    """Returns what `kvae augment`, or `VAEOverSampler.save`, has written."""
    from kvae import VAEOverSampler
    from kvae.cli.generate_command import form_of
    from kvae.data.guarded import Rows

    if not config.model.exists():
        raise FileNotFoundError(
            f"--model expects a folder that `kvae augment` wrote. There is no "
            f"{config.model}."
        )
    sampler = VAEOverSampler.load(config.model)
    asked = {k: v for k, v in sampler.get_params().items() if k != "vae"}
    columns = () if sampler.table_ is None else sampler.table_.form.columns
    served = {column.name for column in columns}
    return Trained(
        config.model.resolve().parent.name,
        sampler.vae_,
        Rows(*sampler.training_rows()),
        class_names=tuple(str(label) for label in sampler.classes_),
        table=sampler.table_,
        target=sampler.target_name_,
        date_formats=form_of(sampler).date_letters(served),
        facts={"settings": {**asked, "notes": sampler.notes_}},
    )


def _train(config):
    """Trains a VAE on a data set that kvae knows; tables as a user would write them."""
    import kvae
    from kvae.preprocessing import Table

    if config.include_codes and config.vae == "multi":
        raise ValueError("--include-codes goes with --vae single.")
    source = kvae.load(config.data, config.data_dir)
    rows, table = source.train, None
    if not source.is_image:
        frame = source.attributes()
        table = Table(frame)
        rows = type(rows)(table.transform(frame), rows.y)
    settings = _settings(config, source, table)
    vae = _fit(
        config, rows, table, settings=settings, num_classes=len(source.class_names)
    )
    facts = {
        "licence": source.licence,
        "settings": {
            **dataclasses.asdict(settings),
            "vae": config.vae,
            "seed": config.seed,
        },
        "scores": _scores(vae, rows),
    }
    return Trained(
        source.name, vae, rows, class_names=source.class_names, table=table, facts=facts
    )


def _settings(config, source, table):
    """Returns the VAESettings of the protocol, with what was asked for."""
    from kvae import experiments
    from kvae.training import VAESettings

    vae = common.searched_vae(config.settings)
    default = experiments.default_settings(source, vae=vae)
    settings = default.multi_vae if config.vae == "multi" else default.single_vae
    if table is not None and vae is None:
        settings = VAESettings(
            4,
            0.2,
            hidden_units=(64,),
            reconstruction="mixed",
            batch_size=32,
            steps=3000,
        )
    if table is not None:
        settings = dataclasses.replace(settings, reconstruction="mixed")
    asked = {
        name: getattr(config, name)
        for name in ("latent_dim", "hidden_units", "steps")
        if getattr(config, name)
    }
    settings = dataclasses.replace(settings, **asked)
    steps = max(1, settings.steps // 10) if config.quick else settings.steps
    return dataclasses.replace(settings, steps=steps)


def _fit(config, rows, table, settings, num_classes):
    """Returns a trained MultiVAE, or BetaVAE."""
    import kvae
    from kvae.training import class_rows, class_seeds, fit_vaes

    arguments = {} if table is None else {"schema": table.schema}
    seeds = config.seed
    if config.vae == "multi":
        seeds = class_seeds(config.seed, num_classes)
        arguments |= {"rows": class_rows(rows.y, seeds), "cls": kvae.MultiVAE}
    with common.progress(settings.steps, f"{config.vae} VAE", "step") as bar:
        callbacks = [common.step_progress(bar)]
        return fit_vaes(rows.x, seeds, settings, callbacks=callbacks, **arguments)


def _scores(vae, rows):
    """Returns how well the VAE reconstructs up to 2,000 of its training rows."""
    if vae.replicas is not None:
        return None
    parts = vae.compute_losses(rows.x[:2000])
    names = ("loss", "reconstruction", "kl", "active_units")
    scores = {
        key: round(float(part), 4) for key, part in zip(names, parts, strict=True)
    }
    return {"nats per training row": scores}


def _how_to_run(folder):
    """Returns what ONNX files there are, and code that runs one."""
    described = json.loads((folder / "description.json").read_text())
    made, lines = described["signatures"], [f"written   {folder}"]
    for request in map(json.loads, (folder / "requests.jsonl").open()):
        name = request["signature_name"]
        if name in made:
            lines += [f"          {name}.onnx: {', '.join(made[name]['inputs'])}"]
    left_out = described["left_out"]
    if left_out:
        lines += [f"left out  {', '.join(left_out)}: ONNX has no words for them"]
    name = next((n for n in ("sample", "decode") if n in made), next(iter(made)))
    return "\n".join([
        *lines,
        "\nONNX Runtime runs each file, without TensorFlow; here by a request that "
        "the folder has:",
        "    import json, numpy as np, onnxruntime",
        f"    folder = {str(folder)!r}",
        '    requests = map(json.loads, open(f"{folder}/requests.jsonl"))',
        f'    request = next(r for r in requests if r["signature_name"] == {name!r})',
        f'    session = onnxruntime.InferenceSession(f"{{folder}}/{name}.onnx")',
        "    types = {'tensor(float)': 'float32', 'tensor(double)': 'float64',",
        "             'tensor(int32)': 'int32', 'tensor(int64)': 'int64',",
        "             'tensor(string)': object}",
        "    inputs = {i.name: np.array(request['inputs'][i.name], types[i.type])",
        "              for i in session.get_inputs()}",
        "    print(session.run(None, inputs))",
    ])  # fmt: skip


def _how_to_ask(base, name, version):
    """Returns the commands and the code that ask a server for rows."""
    from kvae.serving import read_description

    description = read_description(version)
    start = f"""\
Start a server, in another terminal; without docker the second line:
    tools/serve.sh {base}
    python -m tools.stand_in_server {base}"""
    made = description["signatures"]
    signature = next((name for name in ("sample", "decode") if name in made), None)
    if signature is None:
        return f"{start}\nIt answers {', '.join(made)}."
    inputs, call = {"n": 5, "seed": 7}, "sample(5, seed=7"
    if signature == "decode":
        inputs = {"z": [[0.0] * description["latent_dim"]]}
        call = f"decode({inputs['z']}"
    if "class" in made[signature]["inputs"]:
        name_of_class = description["class_names"][0]
        inputs["class"] = name_of_class if signature == "sample" else [name_of_class]
        call += f", class_name={inputs['class']!r}"
    body = json.dumps({"signature_name": signature, "inputs": inputs})
    return f"""\
{start}
Ask it for rows:
    curl -d '{body}' http://localhost:8501/v1/models/{name}:predict
or, in Python:
    from kvae.serving import Client
    print(Client("http://localhost:8501", "{name}").{call}))"""


if __name__ == "__main__":
    common.run(main, Config, QUICK, description=__doc__)
