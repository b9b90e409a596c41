"""One self-contained HTML page: an answer, what carries it, and what else there is."""

import base64
import dataclasses
import functools
import itertools
import os
from pathlib import Path

from kvae import templates
from kvae.report.parts import Beside, Chart, Command, Fold, Grid


@dataclasses.dataclass(frozen=True)
class Section:
    """A part of the page with a heading.

    Args:
        title: str.
        parts: tuple of what `kvae.report.parts` has.
    """

    title: str
    parts: tuple


@dataclasses.dataclass(frozen=True)
class Page:
    """A page.

    Args:
        title: str, what was asked.
        answer: str, a sentence.
        reasons: tuple of str, what carries the answer, and how sure it is.
        next_steps: tuple of Command, what to do now.
        beside: optional Chart that stands beside the answer.
        sections: tuple of Section.
        tone: "good", "bad" or "open": whether the answer is yes, no or neither.

    Example:
        >>> page = Page("Does it help?", "No.", sections=(Section("Why", ()),))
        >>> "<h1>" in page.html()
        True
    """

    title: str
    answer: str
    reasons: tuple[str, ...] = ()
    next_steps: tuple[Command, ...] = ()
    beside: Chart | None = None
    sections: tuple[Section, ...] = ()
    tone: str = "open"

    def html(self):
        """Returns the page as text; scripts are part of it only where they are used."""
        parts = list(_flat(section.parts for section in self.sections))
        parts += [] if self.beside is None else [self.beside]
        browsable = any(isinstance(p, Grid) and p.browsable for p in parts)
        charts = any(isinstance(p, Chart) for p in parts)
        count = itertools.count(1)
        return templates.render(
            "page.html",
            page=self,
            next_number=lambda: next(count),
            style=templates.source("page.css"),
            script=templates.source("page.js"),
            vega=_vega() if charts else "",
            datatables=_datatables() if browsable else ("", ""),
        )

    def write(self, path):
        """Writes the page; until it is whole, an older one stays.

        Args:
            path: of the file.

        Returns:
            Path.
        """
        path = Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f".{path.name}.partial")
        try:
            partial.write_text(self.html(), encoding="utf-8")
            os.replace(partial, path)
        finally:
            partial.unlink(missing_ok=True)
        return path


def _flat(groups):
    for part in itertools.chain.from_iterable(groups):
        if isinstance(part, Fold | Beside):
            yield from _flat([part.parts])
        else:
            yield part


@functools.cache
def _vega():
    """Returns Vega-Embed, Vega-Lite and Vega, so that a page needs no network."""
    import altair
    import vl_convert

    # Charts are drawn by the version of Vega-Lite that they were made for.
    version = ".".join(altair.SCHEMA_VERSION.lstrip("v").split(".")[:2])
    return _inline(
        vl_convert.javascript_bundle(
            "window.vegaEmbed = vegaEmbed;", vl_version=version
        )
    )


@functools.cache
def _datatables():
    """Returns (URI of the script, style sheet) of DataTables, as itables has them."""
    import itables

    folder = Path(itables.__file__).parent / "html"
    style = (folder / "dt_bundle.css").read_text(encoding="utf-8")
    # A module with exports, which only an import gives: a data URI is imported.
    script = base64.b64encode((folder / "dt_bundle.js").read_bytes()).decode()
    return f"data:text/javascript;base64,{script}", style


def _inline(script):
    # Within a page, this would end the script.
    return script.replace("</script", "<\\/script")
