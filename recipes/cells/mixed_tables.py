"""Cells that compare `VAEOverSampler` on real tables with the plain Gaussian VAE."""

import time

import numpy as np

import kvae.data
from kvae.augmentation.methods import BASELINE, METHODS, MULTI_VAE, SMOTE
from kvae.checks import expect_one_of
from kvae.data.attributes import from_frame
from kvae.data.guarded import Rows
from kvae.experiments.protocol import fit_multi_vaes
from kvae.experiments.scoring import score_on_test
from kvae.preprocessing.standardize import standardize
from kvae.resampling import VAEOverSampler
from kvae.training.classifiers import predict_mlps, train_mlps
from recipes.cells.auto import few_labels
from recipes.cells.tables import load_table

PLAIN = "plain Gaussian VAE"
# What a user types: the defaults, and a VAE for each class.
OVER_SAMPLERS = {
    "VAEOverSampler": {},
    "VAEOverSampler, a VAE for each class": {"vae": "multi", "method": "normal"},
}
MIXED_METHODS = (BASELINE, SMOTE, PLAIN, *OVER_SAMPLERS)


def train_mixed_cells(
    data,
    shots,
    seeds,
    settings,
    cells,
    development=False,
    steps=None,
    data_dir=None,
    manual_dir=None,
):
    """Scores MLPs trained with, and on, rows of a plain VAE and of VAEOverSampler.

    Plain: a Multi-VAE of standardised inputs, Gaussian of variance 1, of labelled rows.
    VAEOverSampler gets the table as a user has it, with words and holes, all training
    rows, most of them without a label, and is asked for as many new rows of each class
    as there are labelled ones.

    Args:
        data: str, name of a PROBEN1 problem.
        shots: int, labelled rows per class.
        seeds: list of int.
        settings: Settings, of the plain VAE and of the MLPs.
        cells: list of dicts: `method`, of MIXED_METHODS.
        development: bool, whether the validation part stands in for the test part.
        steps: int, gradient steps of VAEOverSampler; None for its default.
        data_dir: tfds folder.
        manual_dir: folder of PROBEN1's files.

    Returns:
        A list of rows for each cell, one for each seed and training set ("both": real
        and generated rows, half of each batch; "generated": those alone).
    """
    for cell in cells:
        expect_one_of("methods of train_mixed_cells", cell["method"], MIXED_METHODS)
    raw = load_table(data, data_dir, manual_dir)
    raw = raw.development() if development else raw
    source = standardize(raw)
    draws = [kvae.data.few_shot(source, shots, seed) for seed in seeds]
    inputs, rows = [], []
    for name in (cell["method"] for cell in cells):
        start = time.perf_counter()
        if name in OVER_SAMPLERS:
            options = {**OVER_SAMPLERS[name], "steps": steps}
            made = [_over_sampled(raw, shots, seed, options=options) for seed in seeds]
        else:
            made = _generated(name, draws, seeds, settings=settings)
        seconds = round(time.perf_counter() - start, 2)
        for seed, draw, new in zip(seeds, draws, made, strict=True):
            sets = {"both": (draw.rows, new)}
            if new is not None:
                sets["generated"] = new, None
            for trained_on, training_rows in sets.items():
                inputs.append((seed, *training_rows))
                rows.append(
                    {
                        "data": source.name,
                        "shots": shots,
                        "method": name,
                        "trained_on": trained_on,
                        "seed": seed,
                        "generation_seconds": seconds,
                    }
                )
    mlps = train_mlps(inputs, source.num_classes, settings)
    scored, _ = score_on_test(source, lambda x: predict_mlps(mlps, x), rows)
    return [[row for row in scored if row["method"] == c["method"]] for c in cells]


def _generated(name, draws, seeds, settings):
    """Returns the rows of a method of METHODS, or None of the baseline's, by seed."""
    multis = [None for _ in seeds]
    if name == PLAIN:
        multis = fit_multi_vaes(draws, seeds, settings.multi_vae)
    method = METHODS[MULTI_VAE if name == PLAIN else name]
    return [
        method.rows(draw.rows, seed, vaes={"multi": multi}).generated
        for seed, draw, multi in zip(seeds, draws, multis, strict=True)
    ]


def _over_sampled(raw, shots, seed, options):
    """Returns the new rows of VAEOverSampler, in the inputs that classifiers get."""
    y = few_labels(raw, shots, seed)
    # The stored results are of rows without holes, which was the default.
    options = {"holes": False, **options}
    sampler = VAEOverSampler(
        sampling_strategy=shots, random_state=seed, unlabelled=-1, **options
    )
    frame, labels = sampler.fit_resample(raw.attributes(), y)
    new = slice(len(frame) - len(sampler.provenance_), None)
    inputs = from_frame(frame[new], raw.schema)
    # In the units of the standardised source, which the raw training rows give.
    mean, deviation = raw.train.x.mean(axis=0), raw.train.x.std(axis=0)
    scaled = (inputs - mean) / np.where(deviation > 0, deviation, 1)
    return Rows(scaled.astype("float32"), np.asarray(labels)[new])
