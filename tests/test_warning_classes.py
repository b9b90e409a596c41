import ast
from pathlib import Path

import pytest

import kvae
from kvae import warning_classes

PACKAGE = Path(kvae.__file__).parent


def calls_of(name):
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == name:
                yield path.name, node


def test_every_warning_of_kvae_has_a_class_of_kvae():
    found = list(calls_of("warnings.warn"))
    assert found
    for path, call in found:
        name = ast.unparse(call.args[1]) if len(call.args) > 1 else None
        category = getattr(warning_classes, name or "", None)
        assert category, f"{path}, line {call.lineno}: a warning without a class"
        assert issubclass(category, warning_classes.KvaeWarning)


def test_users_who_filter_user_warnings_filter_ours():
    with pytest.warns(UserWarning):
        import warnings

        warnings.warn("none", warning_classes.CollapsedVAEWarning, stacklevel=1)
