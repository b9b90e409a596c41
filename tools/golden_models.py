"""Trains and exports the golden models of a table and of a conditional VAE.

    python -m tools.golden_models table_golden        # 12 s on a core
    python -m tools.golden_models conditional_golden

What they were trained on is drawn here, from a seed. The model of the digits has a
command of its own: saved_models/README.md.
"""

import argparse
import tempfile
from pathlib import Path

SIGNATURES = ("encode", "sample", "describe")
VERSION = 1
SEED = 0


def people(n=80):
    """Returns a table of people, n rows, and whether each buys: a Series of 0 and 1.

    Whoever buys is older and lives in Bonn more often.
    """
    import numpy as np
    import pandas as pd

    stream = np.random.default_rng(SEED)
    buys = stream.integers(0, 2, n)
    age = np.where(buys, 55, 30) + stream.integers(-10, 11, n).astype("float64")
    age[stream.random(n) < 0.1] = np.nan
    frame = pd.DataFrame(
        {
            "age (years)": age,
            "city": np.where(
                stream.random(n) < 0.3 + 0.4 * buys,
                "Bonn",
                stream.choice(["Kiel", "Ulm"], n),
            ),
            "joined": pd.Timestamp("2015-03-01")
            + pd.to_timedelta(stream.integers(0, 900, n), "D"),
        }
    )
    return frame, pd.Series(buys, name="buys")


def export_golden(name, path):
    """Trains a golden model and exports it.

    Args:
        name: "table_golden", one VAE of all columns, or "conditional_golden", a VAE of
            age and city that is told whether somebody buys.
        path: folder to write.
    """
    from kvae.preprocessing import Table
    from kvae.serving import export
    from kvae.training import VAESettings
    from kvae.training.vaes import fit_vae

    frame, buys = people()
    conditional = name == "conditional_golden"
    if conditional:
        frame = frame[["age (years)", "city"]]
    table = Table(frame)
    kind = "conditional" if conditional else "single"
    vae = fit_vae(
        table.transform(frame),
        buys.to_numpy(),
        kind,
        VAESettings(2, 0.2, (8,), "mixed", batch_size=32, steps=1500),
        seed=SEED,
        num_classes=2,
        schema=table.schema,
    )
    return export(
        vae,
        path,
        class_names=["no", "yes"] if conditional else None,
        signatures=SIGNATURES,
        table=table,
        target="buys",
        about={
            "data": "people that tools/golden_models.py draws",
            "licence": "that of kvae",
            "name": name,
            "settings": {"vae": kind, "seed": SEED},
        },
    )


def main():
    """Publishes a golden model in saved_models, or another folder."""
    from kvae.serving import push

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name", choices=("table_golden", "conditional_golden"))
    parser.add_argument("--base", type=Path, default=Path("saved_models"))
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = export_golden(asked.name, Path(folder) / asked.name)
        print(push(path, asked.base, asked.name, version=VERSION))  # noqa: T201


if __name__ == "__main__":
    main()
