"""Colours and marks that colour-blind people can tell apart."""

PALETTE = (
    "#332288",  # indigo
    "#cc6677",  # rose
    "#117733",  # green
    "#ddcc77",  # sand
    "#88ccee",  # cyan
    "#882255",  # wine
    "#44aa99",  # teal
    "#999933",  # olive
    "#aa4499",  # purple
    "#000000",
)
"""Ten colours: Paul Tol 2021, Colour Schemes, "muted", and black."""

BRIGHT = (
    "#4477aa",  # blue
    "#ee6677",  # red
    "#228833",  # green
    "#b8a41e",  # yellow
    "#2a9fc4",  # cyan
    "#aa3377",  # purple
    "#a5673f",  # brown
    "#ee7733",  # orange
    "#009988",  # teal
    "#9467bd",  # violet
)
"""Ten colours that show on white and on black: Paul Tol 2021, "bright", and others."""

GREY = "#808080"
"""What is neither: no class, no clear difference."""

MARKERS = "os^Dv*XPph"
"""Ten marks, for what is drawn as lines: colours of lines that cross are not enough."""


def color_of(position):
    """Returns the colour of a class or method by its position; after ten they repeat.

    Example:
        >>> color_of(0), color_of(10) == color_of(0)
        ('#332288', True)
    """
    return PALETTE[position % len(PALETTE)]


def marker_of(position):
    """Returns the mark of a method by its position; after ten they repeat.

    Example:
        >>> marker_of(0), marker_of(1)
        ('o', 's')
    """
    return MARKERS[position % len(MARKERS)]
