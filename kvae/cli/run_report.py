"""What the reports of all runs share: where the run comes from, and rows on a map."""

import json
import platform
import shlex
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import numpy as np
import pandas as pd

from kvae import random
from kvae.latent.codes import encode
from kvae.latent.projection import Projection
from kvae.models.conditional_vae import ConditionalVAE
from kvae.models.multi_vae import MultiVAE
from kvae.report.charts import NO_LABEL
from kvae.report.page import Section
from kvae.report.parts import Command, Fold, Grid

PACKAGES = ("kvae", "keras", "tensorflow", "numpy", "pandas", "scikit-learn")
MOST_POINTS = 600  # of each kind of row on a map


def command_line():
    """Returns the command that is running, as one would type it."""
    program = Path(sys.argv[0])
    spec = sys.modules["__main__"].__spec__
    words = ["kvae"] if program.stem in ("kvae", "__main__") else [str(program)]
    if words != ["kvae"] and spec is not None:
        words = ["python", "-m", spec.name]
    return shlex.join([*words, *sys.argv[1:]])


def origin_section(settings, lines):
    """Where a run comes from: command, versions, settings, what it said.

    Args:
        settings: dict.
        lines: list of str, of the terminal.
    """
    versions = {name: metadata.version(name) for name in PACKAGES}
    versions |= {"Python": platform.python_version(), "revision": _revision()}
    table = pd.DataFrame({"version": versions.values()}, index=list(versions))
    settings = json.dumps(settings, default=str, indent=2, ensure_ascii=False)
    return Section(
        "How to get this again",
        (
            Command(command_line(), "The same command on the same machine:"),
            Grid.of(table, "Versions", index="package"),
            Fold("Settings", (Command(settings),)),
            Fold("What was said in the terminal", (Command("\n".join(lines)),)),
        ),
    )


def map_points(vae, groups, names, seed=0):
    """Returns rows of several kinds as points of a map.

    Args:
        vae: the VAE.
        groups: dict {kind of row: (x (N, ...), y int (N,) with -1 = unlabelled)}; the
            first decides on the plane.
        names: list of class names.
        seed: int, for which rows are shown where there are many.

    Returns:
        (DataFrame: x, y, label, rows (the kind), row (position among its kind); the
        share of the variance that is seen; how many rows there are).
    """
    codes, kept = [], []
    for kind, (x, y) in groups.items():
        rows = np.arange(len(x))
        if has_space_for_each_class(vae):
            rows = rows[y >= 0]  # no class, no code
        if len(rows) > MOST_POINTS:
            stream = random.generator(seed, "map", kind)
            rows = np.sort(stream.choice(rows, MOST_POINTS, replace=False))
        kept.append(rows)
        codes.append(encode(vae, x[rows], y[rows], unlabelled=-1).z_mean)
    projection = Projection(codes[0])
    points = [projection.to_map(each) for each in codes]
    frames = [
        pd.DataFrame(
            {
                "x": place[:, 0],
                "y": place[:, 1],
                "label": [names[c] if c >= 0 else NO_LABEL for c in y[rows]],
                "rows": kind,
                "row": rows,
            }
        )
        for (kind, (_, y)), rows, place in zip(
            groups.items(), kept, points, strict=True
        )
    ]
    total = sum(len(x) for x, _ in groups.values())
    return pd.concat(frames, ignore_index=True), projection.seen, total


def has_space_for_each_class(vae):
    """Returns whether near codes of different classes need not be like each other."""
    return isinstance(vae, MultiVAE | ConditionalVAE)


def _revision():
    """Returns the git revision of this code; "" where it is in no checkout."""
    folder = Path(__file__).parent
    try:
        # Installed inside another repository, that one's revision says nothing.
        for command in (
            ["ls-files", "--error-unmatch", __file__],
            ["rev-parse", "HEAD"],
        ):
            done = subprocess.run(
                ["git", *command],
                cwd=folder,
                capture_output=True,
                text=True,
                check=True,
            )
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.strip()[:12]
