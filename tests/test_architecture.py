"""The import order of design: a file imports only from what stands above it."""

import ast
from pathlib import Path

import pytest

import kvae

PACKAGE = Path(kvae.__file__).parent
# From the bottom up. A package's modules may also import their elder siblings.
ORDER = [
    "quiet",
    "checks",
    "random",
    "schema",
    "losses",
    "data.attributes",
    "data.labels",
    "data.table_file",
    "data.image_folder",
    "data.prepared",
    "data.guarded",
    "data.source",
    "data.bundled",
    "data.mnist",
    "data.celeb_a",
    "data.shapes",
    "data.proben1.dt",
    "data.proben1.problems",
    "data.proben1.proben1_dataset_builder",
    "data.proben1.loader",
    "data.proben1",
    "data.catalog",
    "data.few_shot",
    "data.batches",
    "data",
    "preprocessing.images",
    "preprocessing.standardize",
    "preprocessing.columns",
    "preprocessing.frame",
    "preprocessing.encodings",
    "preprocessing.tabular",
    "preprocessing.table",
    "preprocessing",
    "layers.replicated",
    "layers.gaussian",
    "layers",
    "models.dense",
    "models.conv",
    "models.beta_vae",
    "models.multi_vae",
    "models.conditional_vae",
    "models.replicas",
    "models.classifiers",
    "models.generative_classifier",
    "models",
    "latent.codes",
    "latent.neighbours",
    "latent.spreading",
    "latent",
    "samplers.sampler",
    "samplers.normal",
    "samplers.posterior",
    "samplers.noise",
    "samplers.interpolate",
    "samplers.chain",
    "samplers.propagate",
    "samplers",
    "evaluation.scores",
    "evaluation.statistics",
    "evaluation.held_out",
    "evaluation.training",
    "evaluation.fidelity",
    "evaluation.sharpness",
    "evaluation",
    "augmentation.acceptance",
    "augmentation.generate",
    "augmentation.cross_fitting",
    "augmentation.multi_vae",
    "augmentation.refine",
    "augmentation.rivals",
    "augmentation.vae_training",
    "augmentation.candidates",
    "augmentation.splits",
    "augmentation.cross_validation",
    "augmentation.refined",
    "augmentation.verdict",
    "augmentation.verdict_from_rows",
    "augmentation.selection",
    "augmentation.pipeline",
    "augmentation.plan",
    "augmentation.fitting",
    "augmentation.folds",
    "augmentation.targets",
    "augmentation.containers",
    "augmentation.resampled_rows",
    "augmentation.auto_method",
    "augmentation.resampling_notes",
    "augmentation.resampler",
    "augmentation.table_verdict",
    "augmentation.my_table",
    "augmentation",
    "experiments.results",
    "experiments.protocol",
    "experiments.runner",
    "experiments.image_cells",
    "experiments.label_cells",
    "experiments.sharpness_cells",
    "experiments.table_cells",
    "experiments.auto_cells",
    "experiments.filter_cells",
    "experiments.mixed_cells",
    "experiments",
    "serving.wire",
    "serving.guards",
    "serving.sampling",
    "serving.row_draws",
    "serving.reference_codes",
    "serving.row_formats",
    "serving.table_rows",
    "serving.model",
    "serving.signatures",
    "serving.requests",
    "serving.description",
    "serving.saved_graph",
    "serving.exporter",
    "serving.validation",
    "serving.pusher",
    "serving.server_files",
    "serving.grpc_channel",
    "serving.client",
    "serving",
    "plots.differences",
    "plots.images",
    "plots.latent",
    "plots.scores",
    "plots",
    "cli",
]
FILES = sorted(PACKAGE.rglob("*.py"))


def module_name(path):
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def imported_modules(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield f"{node.module}.{alias.name}"


def own_modules(path):
    """The modules of kvae that a file imports, as they stand in ORDER."""
    for name in imported_modules(path):
        if name.startswith("kvae."):
            inner = name.removeprefix("kvae.")
            yield inner if inner in ORDER else inner.rpartition(".")[0]


def test_every_file_has_its_place():
    assert {module_name(path) for path in FILES} - {""} == set(ORDER)


@pytest.mark.parametrize("path", FILES, ids=lambda path: module_name(path) or "kvae")
def test_imports_go_up_only(path):
    name = module_name(path)
    allowed = ORDER[: ORDER.index(name)] if name else ["quiet"]
    assert set(own_modules(path)) <= set(allowed)


@pytest.mark.parametrize("path", FILES, ids=lambda path: module_name(path) or "kvae")
def test_uses_no_private_keras_and_stays_short(path):
    assert not any(name.startswith("keras.src") for name in imported_modules(path))
    assert len(path.read_text().splitlines()) <= 300


def test_every_file_has_a_test_file():
    tests = {path.name for path in Path(__file__).parent.rglob("test_*.py")}
    modules = [path.stem for path in FILES if path.stem != "__init__"]
    assert {f"test_{stem}.py" for stem in modules} <= tests
