"""The import order of design: a file imports only from what stands above it."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import kvae

PACKAGE = Path(kvae.__file__).parent
# From the bottom up: packages, and the modules of each in their order. A file imports
# only from what stands above it here.
HOUSE = {
    "": "quiet warning_classes checks random schema losses likelihoods",
    "layers": "replicated gaussian",
    "models": "dense conv beta_vae multi_vae conditional_vae replicas classifiers "
    "generative_classifier",
    "data": "attributes labels image_folder prepared guarded source bundled mnist "
    "celeb_a shapes proben1.dt proben1.problems proben1.proben1_dataset_builder "
    "proben1.loader proben1 catalog few_shot batches",
    "preprocessing": "images standardize columns frame encodings tabular table",
    "latent": "codes neighbours spreading agreement",
    "samplers": "sampler normal posterior noise interpolate chain propagate",
    "evaluation": "scores statistics fidelity sharpness tables",
    "training": "budget vaes plan classifiers generative_classifiers",
    "augmentation": "acceptance generate rivals methods refinement pipeline",
    "verdicts": "held_out splits verdict cross_validation from_rows selection",
    "resampling": "rows targets fitting notes resampler table_verdict",
    "serving": "wire graph.guards graph.randomness graph.served_samplers "
    "graph.reference_codes graph.row_formats graph.table_columns graph.served_model "
    "graph.signatures graph example_requests description saved_graph exporter "
    "validation pusher server_files grpc_channel client",
    "experiments": "identity results protocol runner vae_cache scoring",
    "tuning": "",
    "plots": "differences images latent scores",
    "cli": "table_file my_table commands",
    "__main__": "",
}
ORDER = [
    name
    for package, modules in HOUSE.items()
    for name in [
        *(f"{package}.{module}".strip(".") for module in modules.split()),
        *([package] if package else []),
    ]
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
    allowed = ORDER[: ORDER.index(name)] if name else []
    assert set(own_modules(path)) <= set(allowed)


@pytest.mark.parametrize("path", FILES, ids=lambda path: module_name(path) or "kvae")
def test_uses_no_private_keras_and_stays_short(path):
    assert not any(name.startswith("keras.src") for name in imported_modules(path))
    assert len(path.read_text().splitlines()) <= 350


def test_every_file_has_a_test_file():
    tests = {path.name for path in Path(__file__).parent.rglob("test_*.py")}
    modules = [path.stem for path in FILES if not path.stem.startswith("__")]
    assert {f"test_{stem}.py" for stem in modules} <= tests


def test_the_help_of_a_recipe_does_not_wait_for_tensorflow():
    recipes = Path(__file__).parent.parent / "recipes"
    names = sorted(path.stem for path in recipes.glob("*.py"))
    imports = "; ".join(f"import recipes.{name}" for name in names)
    check = "import sys; sys.exit('tensorflow' in sys.modules)"
    command = [sys.executable, "-c", f"{imports}; {check}"]
    assert subprocess.run(command, cwd=recipes.parent).returncode == 0
