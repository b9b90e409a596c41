"""Writes the pages that are made from results and docstrings.

    python -m tools.write_readmes            # a few seconds; --check only compares

`recipes/results/README.md` comes whole from the tables beside it. Elsewhere a block
between `<!-- generated: name -->` and `<!-- end -->` is replaced, the rest is left
alone. With --check nothing is written, and the exit status says whether anything is
stale.
"""

import argparse
import re
import sys
import textwrap

from tools.pages import (
    disentanglement,
    labels,
    lists,
    mnist,
    overview,
    pictures,
    proben1,
)
from tools.pages.numbers import ROOT

RESULTS_PAGE = "recipes/results/README.md"
SECTIONS = (
    overview.claims,
    overview.quickstart,
    proben1.few_shot,
    proben1.performance,
    proben1.real_tables,
    proben1.auto,
    proben1.data_sets,
    mnist.few_shot,
    mnist.more_generated,
    mnist.generated_only,
    mnist.samplers,
    mnist.sharpness,
    labels.mnist_labels,
    labels.mnist_auto,
    labels.gc_sensitivity,
    pictures.latent_space,
    pictures.blur,
    pictures.beta_influence,
    pictures.sampler_draws,
    pictures.thyroid_clusters,
    pictures.curves,
    disentanglement.scores,
    overview.reproduction,
)
BLOCKS = {
    "README.md": {"does it help": overview.does_it_help},
    "recipes/README.md": {"recipes": lists.recipes},
    "tools/README.md": {"tools": lists.tools},
    "kvae/data/README.md": {"data sets": lists.data_sets},
}
INTRODUCTION = """<!-- Written by python -m tools.write_readmes: change tools/pages. -->

# Results

"The deck" is Henri Iser's slides *Data Augmentation mit Variational Autoencodern*
(Bonn, 2023), whose tables and figures are reproduced here. Its values, single runs,
stand in brackets.

Scores are weighted F1 on test rows, means over seeds; differences are paired, to "real
rows only", with a 95 % interval. **Bold** is an interval above 0, *italic* one below;
each is taken alone, and the `summary.csv` files beside this page also hold p values
corrected by Holm, where there are at least 10 seeds, the revision, the date and the
command. Every method of a table has the same labelled rows, the same first weights and
the same number of training steps. Test rows are scored once: settings were chosen on
others, and targets that were missed are reported as missed. Images are classified by
convnets that train in bfloat16; on another machine a cell of one seed differs by up to
0.021 ([how far this can be run again](#how-far-this-can-be-run-again)).
"""


def results_page():
    """The page of all results."""
    sections = [section() for section in SECTIONS]
    titles = [section.splitlines()[0].removeprefix("## ") for section in sections]
    contents = "".join(f"- [{title}](#{anchor(title)})\n" for title in titles)
    return reflow("\n".join([INTRODUCTION, contents, *sections]))


def anchor(title):
    """The name that a heading has in a link."""
    kept = re.sub(r"[^\w\- ]", "", title.lower())
    return kept.replace(" ", "-")


def reflow(page):
    """Breaks the lines of paragraphs; tables, headings and lists stay as they are."""
    parts = re.split(r"\n{2,}", page.strip())
    return "\n\n".join(map(_wrapped, parts)) + "\n"


def _wrapped(part):
    if part.startswith(("|", "#", "-", "!", "<", "`python -m recipes.mnist_labels --")):
        return part
    return textwrap.fill(part, 88, break_long_words=False, break_on_hyphens=False)


def with_blocks(page, blocks):
    """Returns a page whose blocks are those that these functions give."""
    for name, block in blocks.items():
        start, end = f"<!-- generated: {name} -->", "<!-- end -->"
        before, found, rest = page.partition(start)
        if not found or end not in rest:
            raise ValueError(f"The page has no block {start} ... {end}.")
        page = f"{before}{start}\n\n{block()}\n{end}{rest.partition(end)[2]}"
    return page


def pages():
    """Returns every generated page: {path: text}."""
    written = {RESULTS_PAGE: results_page()}
    for path, blocks in BLOCKS.items():
        written[path] = with_blocks((ROOT / path).read_text(), blocks)
    return written


def stale():
    """Returns the paths of pages that are not what they would be if written now."""
    return [
        path
        for path, text in pages().items()
        if not (ROOT / path).exists() or (ROOT / path).read_text() != text
    ]


def main():
    """Parses the flags; writes, or compares."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="write nothing")
    if parser.parse_args().check:
        found = stale()
        if found:
            sys.exit(f"error: {', '.join(found)}: run python -m tools.write_readmes")
        return
    for path, text in pages().items():
        (ROOT / path).write_text(text)
        print(path)


if __name__ == "__main__":
    main()
