"""Builds the reference of kvae's names from their docstrings, as HTML pages.

    python -m tools.write_reference            # to out/reference; half a minute

Needs the extra `docs` (pdoc). Whatever pdoc warns of is an error: a public name that is
not there, a module that cannot be imported, an annotation without meaning.
"""

import argparse
import importlib
import pkgutil
import sys
import warnings
from pathlib import Path

import kvae


def resolve():
    """Imports every module and looks up its public names, the lazy ones too.

    pdoc reads a module's dictionary; names of a module's `__getattr__` are not there.
    """
    found = pkgutil.walk_packages(kvae.__path__, "kvae.")
    names = ["kvae", *(m.name for m in found if not m.name.endswith("__main__"))]
    for name in names:
        module = importlib.import_module(name)
        for public in getattr(module, "__all__", ()):
            setattr(module, public, getattr(module, public))
    return names


def main():
    """Parses the flags and writes the pages."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=Path("out/reference"))
    out = parser.parse_args().out
    try:
        import pdoc
        import pdoc.render
    except ImportError:
        sys.exit("error: the reference needs pdoc: pip install 'kvae[docs]'")
    with warnings.catch_warnings():
        warnings.filterwarnings("error", module="pdoc")
        names = resolve()
        pdoc.render.configure(
            docformat="google", footer_text=f"kvae {kvae.__version__}"
        )
        pdoc.pdoc("kvae", output_directory=out)
    print(f"{len(names)} modules: {out / 'index.html'}")


if __name__ == "__main__":
    main()
