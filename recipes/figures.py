"""What recipes with figures share: matplotlib without a window, PNG and SVG."""


def pyplot():
    """Returns matplotlib's pyplot, without a window."""
    import matplotlib

    matplotlib.use("Agg")
    # By default the names of an SVG's parts are random: same numbers, same file.
    matplotlib.rcParams["svg.hashsalt"] = "kvae"
    import matplotlib.pyplot as plt

    return plt


def save(figure, path, dpi=100):
    """Saves a figure as PNG and as SVG, and closes it.

    Args:
        figure: matplotlib Figure.
        path: of both, without the ending.
        dpi: int, of the PNG; at 100 a figure 8 inches wide is 800 pixels.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    for suffix in (".png", ".svg"):
        metadata = {"Date": None} if suffix == ".svg" else None
        name = path.with_name(path.name + suffix)
        # Tight: long names of rows are not cut off.
        figure.savefig(name, dpi=dpi, metadata=metadata, bbox_inches="tight")
    pyplot().close(figure)
