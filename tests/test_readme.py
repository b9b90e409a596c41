"""The README's examples run as they stand."""

import re
from pathlib import Path

import pytest

README = (Path(__file__).parents[1] / "README.md").read_text()
EXAMPLES = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)


@pytest.mark.parametrize("code", EXAMPLES)
def test_python_examples_run(code, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "README.md", "exec"), {})
    if "export_decoder" in code:
        assert (tmp_path / "out/decoder/1/saved_model.pb").exists()
        assert "(200, 8, 8, 1)" in capsys.readouterr().out


def test_the_first_example_is_short():
    assert len(EXAMPLES) == 6
    assert len(EXAMPLES[0].strip().splitlines()) <= 18


def test_every_recipe_and_tool_is_listed():
    root = Path(__file__).parents[1]
    for folder, others in (
        ("recipes", {"__init__", "common", "tables", "image_tables", "tfx_trainer"}),
        ("tools", {"served_version"}),
    ):
        for path in (root / folder).glob("*.py"):
            if path.stem not in others:
                assert f"python -m {folder}.{path.stem}" in README


def test_the_pictures_are_there():
    root = Path(__file__).parents[1]
    for link in re.findall(r"\]\((?!http)([^)#]+)\)", README):
        assert (root / link).exists(), link
