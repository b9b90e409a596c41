"""The import order of design: a file imports only from what stands above it."""

import ast
import graphlib
import subprocess
import sys
from pathlib import Path

import pytest

import kvae

PACKAGE = Path(kvae.__file__).parent
# From the bottom up. A file imports only from what stands above its package here, and
# from its siblings, without a circle.
HOUSE = [
    "registration",
    "quiet",
    "lifetime",
    "progress",
    "warning_classes",
    "templates",
    "checks",
    "random",
    "schema",
    "losses",
    "row_sums",
    "likelihoods",
    "layers",
    "models",
    "data",
    "preprocessing",
    "latent",
    "samplers",
    "evaluation",
    "training",
    "semi_supervised",
    "augmentation",
    "verdicts",
    "resampling",
    "serving",
    "experiments",
    "tuning",
    "plots",
    "report",
    "explorer",
    "bulk",
    "cli",
    "__main__",
]
FILES = sorted(PACKAGE.rglob("*.py"))


def package_of(module):
    return module.partition(".")[0]


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


MODULES = {module_name(path) for path in FILES} - {""}


def modules_of_kvae(path):
    """Yields the modules of kvae that a file imports, as `module_name` calls them."""
    for name in imported_modules(path):
        if name.startswith("kvae."):
            inner = name.removeprefix("kvae.")
            yield inner if inner in MODULES else inner.rpartition(".")[0]


def test_every_file_has_its_place():
    assert {package_of(module) for module in MODULES} == set(HOUSE)


@pytest.mark.parametrize("path", FILES, ids=lambda path: module_name(path) or "kvae")
def test_imports_go_up_only(path):
    name = module_name(path)
    room = package_of(name) if name else "warning_classes"
    allowed = HOUSE[: HOUSE.index(room) + 1]
    assert {package_of(module) for module in modules_of_kvae(path)} <= set(allowed)


def test_no_imports_go_in_circles():
    # A package's __init__ gathers its files, which do not import it.
    graph = {
        module_name(path): set(modules_of_kvae(path)) - {module_name(path)}
        for path in FILES
        if module_name(path)
    }
    list(graphlib.TopologicalSorter(graph).static_order())  # raises CycleError


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
