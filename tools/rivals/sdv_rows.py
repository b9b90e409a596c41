"""Rows of SDV's synthesizers, and SDMetrics' quality of everyone's rows.

`tools.benchmark_fidelity` runs this with the Python of an environment that holds
`tools/rivals/requirements.txt`, and nothing of kvae: files go in and out.

    python tools/rivals/sdv_rows.py generate FOLDER CTGAN TVAE
    python tools/rivals/sdv_rows.py quality FOLDER

FOLDER holds a folder for each table and seed with `train.csv` and `metadata.json`
(seed, columns of words). `generate` writes `NAME.csv` and `NAME.json` (seconds) beside
them, `quality` writes `NAME.quality.json` for every NAME.csv. What is there is not made
again.
"""

import json
import logging
import random
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

NOT_ROWS = {"train", "held_out"}


def main(command, folder, *names):
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    for cell in sorted(path.parent for path in Path(folder).rglob("metadata.json")):
        if command == "generate":
            for name in names:
                generate(cell, name)
        else:
            for file in sorted(cell.glob("*.csv")):
                if file.stem not in NOT_ROWS:
                    measure_quality(cell, file.stem)


def generate(cell, name):
    """Writes as many rows as there are training rows, and how long that took."""
    if (cell / f"{name}.json").exists():
        return
    import torch
    from sdv import single_table

    seed = json.loads((cell / "metadata.json").read_text())["seed"]
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002  SDV draws from the global one
    torch.manual_seed(seed)
    train = read(cell, "train")
    start = time.perf_counter()
    synthesizer = getattr(single_table, f"{name}Synthesizer")(described(train))
    synthesizer.fit({"table": train})
    rows = synthesizer.sample(len(train))["table"]
    seconds = time.perf_counter() - start
    rows.to_csv(cell / f"{name}.csv", index=False)
    (cell / f"{name}.json").write_text(json.dumps({"seconds": seconds}))
    print(cell, name, f"{seconds:.0f} s", flush=True)


def measure_quality(cell, name):
    """Writes SDMetrics' quality score of rows, and its two parts."""
    path = cell / f"{name}.quality.json"
    if path.exists():
        return
    from sdmetrics.reports.single_table import QualityReport

    train = read(cell, "train")
    report = QualityReport()
    metadata = described(train).to_dict()["tables"]["table"]
    report.generate(train, read(cell, name), metadata, verbose=False)
    parts = report.get_properties().set_index("Property")["Score"]
    path.write_text(json.dumps({"quality": report.get_score(), **parts.to_dict()}))


def described(train):
    """Returns SDV's metadata, detected; columns of words are categories for it."""
    from sdv.metadata import Metadata

    metadata = Metadata.detect_from_dataframes({"table": train}, infer_keys=None)
    for name, column in metadata.tables["table"].columns.items():
        if column["sdtype"] not in {"numerical", "categorical", "datetime", "boolean"}:
            is_number = pd.api.types.is_numeric_dtype(train[name])
            sdtype = "numerical" if is_number else "categorical"
            metadata.update_column(name, sdtype=sdtype)
    return metadata


def read(cell, name):
    """Returns a table whose columns of words are words, whatever the words are."""
    words = json.loads((cell / "metadata.json").read_text())["words"]
    return pd.read_csv(cell / f"{name}.csv", dtype=dict.fromkeys(words, object))


if __name__ == "__main__":
    main(*sys.argv[1:])
