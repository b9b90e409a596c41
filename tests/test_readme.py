"""What the pages say is so: examples run, commands exist, links lead somewhere."""

import ast
import functools
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tools import write_readmes
from tools.pages import lists

ROOT = Path(__file__).parents[1]
PAGES = {
    str(path.relative_to(ROOT)): path.read_text()
    for path in sorted(
        [
            *ROOT.glob("*.md"),
            *(
                path
                for folder in ("kvae", "recipes", "saved_models", "tools")
                for path in (ROOT / folder).rglob("*.md")
            ),
        ]
    )
}


def blocks(language):
    """Every block of code in this language: (page#position, code)."""
    for page, text in PAGES.items():
        found = re.findall(rf"```{language}\n(.*?)```", text, flags=re.DOTALL)
        for position, code in enumerate(found, start=1):
            yield pytest.param(code, id=f"{page}#{position}")


def commands():
    """Every command in the pages' bash blocks, as words."""
    for parameter in blocks("bash"):
        for line in parameter.values[0].splitlines():
            for part in line.split(" && "):
                words = shlex.split(part)
                yield pytest.param(words, id=f"{parameter.id} {part}")


def without_code(text):
    return re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL)


@pytest.mark.parametrize("code", list(blocks("python")))
def test_python_examples_run(code, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "README.md", "exec"), {})
    if "export_decoder" in code:
        assert (tmp_path / "out/decoder/1/saved_model.pb").exists()
        assert "(200, 8, 8, 1)" in capsys.readouterr().out


@pytest.mark.parametrize("code", list(blocks("py")))
def test_examples_that_need_a_server_can_be_parsed(code):
    ast.parse(code)


def test_the_front_page_is_short():
    assert len(PAGES["README.md"].splitlines()) <= 198
    assert len(PAGES["kvae/README.md"].splitlines()) <= 85
    first = next(
        code.values[0] for code in blocks("python") if "generate(" in code.values[0]
    )
    assert len(first.strip().splitlines()) <= 18


@functools.cache
def help_of(*words):
    """What a command answers to --help."""
    command = [sys.executable, "-m", *words, "--help"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("words", list(commands()))
def test_commands_name_what_is_there(words):
    program = words[0].removeprefix(".venv/bin/")
    flags = [word for word in words if word.startswith("--")]
    if program.startswith("python") and not words[2].startswith(("venv", "pytest")):
        assert all(flag in help_of(words[2]) for flag in flags)
    elif program == "kvae":
        assert all(flag in help_of("kvae", words[1]) for flag in flags)
    elif program.startswith("tools/"):
        assert (ROOT / program).exists()
    else:
        assert program in (".", "curl", "pip", "python", "python3.11", "ruff")


def test_installation_names_extras_that_there_are():
    project = (ROOT / "pyproject.toml").read_text()
    for words in (parameter.values[0] for parameter in commands()):
        for extra in re.findall(r"^\.\[(.+)\]$", "\n".join(words), flags=re.MULTILINE):
            assert all(f"\n{name} = [" in project for name in extra.split(","))


def test_every_extra_is_explained():
    project = (ROOT / "pyproject.toml").read_text()
    extras = project.partition("[project.optional-dependencies]")[2].partition("\n[")[0]
    for name in re.findall(r"^(\w+) = \[", extras, flags=re.MULTILINE):
        assert f"`{name}`" in PAGES["README.md"]


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page):
    text = without_code(PAGES[page])
    for link in re.findall(r"\]\((?!http)([^)\s]+)\)", text):
        path, _, name = link.partition("#")
        target = ((ROOT / page).parent / path).resolve() if path else ROOT / page
        assert target.exists(), link
        if name:
            headings = re.findall(r"^#+ (.*)$", target.read_text(), flags=re.MULTILINE)
            assert name in map(write_readmes.anchor, headings), link


@pytest.mark.parametrize("page", PAGES)
def test_no_page_names_this_machine(page):
    assert not re.search(r"/(wor[k]|tm[p]|roo[t])/|\.\./share[d]|pyp[i]", PAGES[page])


def test_generated_pages_are_up_to_date():
    assert write_readmes.stale() == [], "run python -m tools.write_readmes"


def test_every_recipe_and_tool_is_listed():
    for folder in ("recipes", "tools"):
        listed = {path.stem for path, _ in lists.modules(folder)}
        for path in (ROOT / folder).glob("*.py"):
            is_run = 'if __name__ == "__main__"' in path.read_text()
            assert not is_run or path.stem in listed


def test_every_result_has_its_place_on_the_page():
    page = PAGES["recipes/results/README.md"]
    for folder in (ROOT / "recipes" / "results").iterdir():
        if folder.is_dir() and not folder.name.startswith("quickstart"):
            assert folder.name in page
