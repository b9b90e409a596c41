"""The results where few images of many have a label, and of generative classifiers."""

from tools.pages.numbers import (
    at,
    by_method,
    change,
    clear,
    markdown,
    marked,
    number,
    pick,
    read,
    slashed,
    span,
    stored,
)

BEST = "propagate+shifts, refined twice, doubted rows"
ON_REAL = "same labels, real images+shifts, refined twice, doubted rows"
REFINED = "propagate+shifts, refined"
SHIFTS = "shifts and rotations"
COLUMNS = {
    "real rows only": "real rows only",
    SHIFTS: "shifts and rotations",
    "extrapolate+noise, as many": "extrapolate+noise, as many",
    "propagate": "propagate",
    "propagate+shifts": "… +shifts",
    REFINED: "… refined",
    BEST: "… refined twice, doubted rows",
    "same labels, real images": "same labels, real images",
    "same labels, real images+shifts, refined": "… +shifts, refined",
    ON_REAL: "… refined twice, doubted rows",
    "PCA labels, real images+shifts, refined": "PCA labels, +shifts, refined",
    "PCA labels, real images+shifts, refined twice, doubted rows": "… refined twice, "
    "doubted rows",
}


def _row(table, row, method):
    return at(table, row=row, method=method)


def mnist_labels():
    """Few labels, spread over all training images."""
    table = read("mnist_labels")
    over = {name: read("mnist_labels", f"doubted_over_{name}") for name in NAMES}
    gain = over["shifts"].set_index("row")
    later = over["refined"].set_index("row")["difference"]
    labels = over["labels"]
    behind = [clear(line) for _, line in labels.iterrows()].count(-1)
    return f"""## MNIST, few labels spread over 60,000 images

`python -m recipes.mnist_labels`: 10 seeds. Labels spread over the graph of the latent
means of a VAE of all training images (d 32, β 0.2); 1,000 images per class; 600 steps,
half of each batch real. "…" continues the name of the column before it.

{by_method(table, ("row", "per class"), list(COLUMNS), COLUMNS)}
Unlabelled images help far more than any sampler around the labelled ones. The best
method, "refined twice, doubted rows", against shifts and rotations:
{change(gain.loc[2])} at 2 per class, {change(gain.loc[5])} at 5, {change(gain.loc[10])}
at 10, {change(gain.loc[50])} at 50 and {change(gain.loc[100])} at 100. **What helps are
the labels, not the generated images**: the same labels on real images give as much
({span(-labels["difference"])} more, clearly so in {behind} of {len(labels)} rows).

There were two test runs. "Refined" drops the rows on which a convnet and the graph
disagree: that mends labels ({_labels("propagate")} of the images are labelled rightly
at 2, 5 and 10 per class, refined {_labels(REFINED)} of those that keep a label), but
not scores, which missed our aims of 0.955 / 0.965 / 0.970 at 2 / 5 / 10. On development
rows even true labels gave no more than 0.96 to 0.97 with these 600 steps: which images
are drawn counts, too. So the second method drops none, labels by the product of graph
and convnets ({_labels(BEST)} right, of all images) and draws most around what the first
convnet doubts. It was chosen and frozen on development rows after the first test run,
then run once: {slashed(later[[2, 5, 10]], "+")} over the first. Farther aims, 0.97 /
0.98 / 0.985 at 2 / 5 / 10, are missed.

What the VAE adds to the labels of a PCA with as many dimensions, on real images both:

{_over_pca()}
### With 2,000 images per class

The protocol then trains every convnet for 1,500 steps. The second method was not run
so.

{_of_2000()}
### On `digits`

8 × 8 pixels, 1,437 images, the same settings, 10 seeds. The best method against shifts
and rotations, {_digits("doubted_over_shifts")}: moves of ±2.5 pixels are too large for
8 × 8 images. Against the same labels on real images: {_digits("doubted_over_labels")}.

{_digits_table()}
`{_command("digits_labels")}`
"""


NAMES = ("shifts", "refined", "labels")


def _labels(method):
    table = read("mnist_labels")
    return slashed([_row(table, row, method)["label_accuracy"] for row in (2, 5, 10)])


def _command(name):
    return read(name)["command"].iloc[0].replace("'", '"')


def _over_pca():
    tables = [read("mnist_labels", name) for name in ("over_pca", "doubted_over_pca")]
    lines = []
    for row in tables[0]["row"]:
        cells = [row]
        for table in tables:
            found = pick(table, row=row)
            line = None if found.empty else found.iloc[0]
            cells.append("" if line is None else marked(change(line), line))
        lines.append(cells)
    return markdown(["per class", "refined", "refined twice, doubted rows"], lines)


def _of_2000():
    table = read("mnist_labels_2000")
    methods = list(dict.fromkeys(table["method"]))
    shown = by_method(table, ("row", "per class"), methods)
    return f"{shown}\n`{_command('mnist_labels_2000')}`\n"


def _digits(file):
    table = read("digits_labels", file)
    return ", ".join(f"{change(line)} at {line['row']}" for _, line in table.iterrows())


def _digits_table():
    table = read("digits_labels")
    kept = {
        name: shown for name, shown in COLUMNS.items() if name in set(table["method"])
    }
    return by_method(table, ("row", "per class"), list(kept), kept)


def mnist_auto():
    """What `method="auto"` chooses on images."""
    table = read("mnist_auto")
    runs = stored("mnist_auto")
    runs = runs[(runs["method"] == "auto") & (runs["data"] == "mnist")]
    methods = list(dict.fromkeys(table["method"]))
    counts = [
        f"{int((lines['chosen'] == 'propagate').sum())} of {len(lines)} at {shots}"
        for shots, lines in runs.groupby("shots")
    ]
    return f"""## `auto` on images

`python -m recipes.mnist_auto`: 10 seeds, with the other 60,000 images at hand.

{by_method(table, ("row", "per class"), methods)}
`auto` spread labels in {", ".join(counts)} per class: below 5 by rule, from 5 on by
cross-validation. Where no gain was clear it left the rows alone, which costs much here:
it looks at them in one repeat of five parts, and the interval of that is wide. (Three
test runs before, each of another rule: one drew only as many images as are labelled,
one had narrower intervals, without the noise of training, one wider ones, with too much
of it: it spread labels in 53 of 60 runs. This rule was frozen before its run.)
"""


def gc_sensitivity():
    """Whether a generative classifier keeps what is rightly labelled."""
    table = read("gc_sensitivity")
    usual = table[
        (table["pass_rate"] == 0.9)
        & (table["ratio"] == 1)
        & (table["noise"] == 2)
        & (table["early"] == 200)
    ]
    lines = []
    for _, line in usual.iterrows():
        shares = [number(line[c]) for c in ("accepted", *RIGHT)]
        difference = number(line["difference"], "+") or "none rejected"
        bounds = number(line["low"], "+"), number(line["high"], "+")
        if bounds[0]:
            difference += " [{}, {}]".format(*bounds)
        name = line["data"].removeprefix("proben1/").rstrip("1")
        draws = line["draws"]
        lines.append([name, draws, *shares, difference, line["seeds"]])
    others = table[table["data"] == "mnist"].drop(usual.index, errors="ignore")
    header = ["data", "draws", "accepted", "right, accepted", "right, rejected"]
    return f"""## The generative classifier

`python -m recipes.gc_sensitivity`: 20 labelled rows per class of tables, 10 of MNIST,
10 seeds; a classifier trained on all training rows ({span(table["judge_accuracy"], "")}
accuracy) says what is right. "Seeds" are those in which any draw is rejected.

{markdown([*header, "difference", "seeds"], lines)}
**On MNIST the generative classifier keeps the right ones**, with any other setting
tried, too ({span(others["difference"])}, 3 seeds). Draws from N(0, I) of a Single-VAE,
which it labels itself, are right too seldom to be of use. On tables it accepts nearly
everything, and nearly everything is right: as a filter it does next to nothing there.
"""


RIGHT = ("right_accepted", "right_rejected")
