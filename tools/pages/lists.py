"""What there is: recipes, tools and data sets, from their docstrings."""

import ast
import functools
import inspect

from tools.pages.numbers import RESULTS, ROOT, markdown


def first_line(docstring):
    """The first sentence of a docstring, without its full stop."""
    return inspect.cleandoc(docstring).splitlines()[0].rstrip(".")


def commands(docstring):
    """The indented lines of a clean docstring, each with what is said of it."""
    lines = docstring.splitlines()
    shown = [line.strip() for line in lines if line.startswith("    ")]
    return [[part.strip() for part in f"{line} #".split("#")[:2]] for line in shown]


def modules(folder):
    """The modules of a folder that are run by a command: (path, docstring)."""
    for path in sorted((ROOT / folder).glob("*.py")):
        docstring = ast.get_docstring(ast.parse(path.read_text()))
        if docstring and commands(docstring):
            yield path, docstring


def recipes():
    """A line for each recipe."""
    lines = []
    for path, docstring in modules("recipes"):
        results = RESULTS / path.stem
        link = f"[{path.stem}]({path.name})"
        stored = f"[results](results/{path.stem})" if results.exists() else ""
        lines.append([link, first_line(docstring), commands(docstring)[0][1], stored])
    return markdown(["recipe", "what it gives", "in full", ""], lines)


def tools():
    """A line for each tool."""
    lines = [
        [f"`{commands(docstring)[0][0]}`", first_line(docstring)]
        + [commands(docstring)[0][1]]
        for _, docstring in modules("tools")
    ]
    return markdown(["command", "what it does", ""], lines)


def data_sets():
    """A line for each data set with a name."""
    from kvae.data.catalog import LOADERS

    names = {}
    for name, loader in LOADERS.items():
        while isinstance(loader, functools.partial):
            loader = loader.func
        names.setdefault(loader, []).append(f"`{name}`")
    lines = []
    for loader, found in names.items():
        shown = found[0] if len(found) == 1 else f"{found[0]} … {found[-1]}"
        said = first_line(loader.__doc__).removeprefix("Returns ")
        lines.append([shown, said.removeprefix("a source of ")])
    return markdown(["name", "what"], lines)
