"""HTML of pages and notebooks, from templates that escape whatever they are given."""

import functools
from pathlib import Path


@functools.cache
def _environment():
    import jinja2

    # Everything is escaped, in whatever file it stands: a cell of a table is no HTML.
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(template, **values):
    """Returns the HTML of a template of this folder.

    Args:
        template: str, name of the file.
        **values: what the template shows; texts are escaped.

    Example:
        >>> render("summary.html", title="<b>", texts=["1 < 2"], tables=[])
        '<div class="kvae"><p><strong>&lt;b&gt;</strong></p><p>1 &lt; 2</p></div>'
    """
    return _environment().get_template(template).render(**values)


def summary(title, *texts, tables=()):
    """Returns the HTML that a notebook shows of a result.

    Args:
        title: str.
        *texts: sentences; empty ones are left out.
        tables: DataFrames; or (caption, DataFrame).
    """
    from kvae.templates.cells import grid

    named = [table if isinstance(table, tuple) else ("", table) for table in tables]
    grids = [grid(frame, caption) for caption, frame in named]
    return render("summary.html", title=title, texts=texts, tables=grids)


def source(name):
    """Returns the text of a style sheet or script of this folder, as it is.

    Example:
        >>> "color-scheme" in source("page.css")
        True
    """
    return Path(__file__).with_name(name).read_text(encoding="utf-8")
