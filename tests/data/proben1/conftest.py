"""Made-up .dt files in the shape of the real ones, and where the real ones are."""

import os
from pathlib import Path

import numpy as np
import pytest

from kvae.data.proben1.dt import HEADER
from kvae.data.proben1.problems import CLASS_NAMES, schema


def dt_text(problem, parts=(6, 3, 3), seed=0):
    """The text of a .dt file with random rows that fit the schema of a problem."""
    stream = np.random.default_rng(seed)
    num_rows, num_classes = sum(parts), len(CLASS_NAMES[problem])
    columns = []
    for attribute in schema(problem):
        hole = attribute.missing is not None and stream.random(num_rows) < 0.2
        if attribute.levels is not None:
            codebook = attribute.codebook
            level = stream.integers(len(attribute.levels), size=num_rows)
            if attribute.missing == "level":
                level = np.where(hole, len(codebook) - 1, level)
            block = codebook[level]
        elif attribute.kind == "binary":
            block = stream.integers(2, size=(num_rows, 1)).astype(float)
        else:
            block = stream.random((num_rows, 1)).round(4) + 0.0001
            block[hole if attribute.missing == "zero" else []] = 0
        if attribute.missing == "flag":
            hole = np.broadcast_to(hole, num_rows)[:, None]
            block = np.concatenate([np.where(hole, 0, block), hole], axis=1)
        columns.append(block)
    labels = np.arange(num_rows) % num_classes
    rows = np.concatenate([*columns, np.eye(num_classes)[labels]], axis=1)
    header = (0, rows.shape[1] - num_classes, num_classes, 0, *parts)
    lines = [f"{name}={count}" for name, count in zip(HEADER, header, strict=True)]
    lines += [" ".join(f"{value:.6g}" for value in row) for row in rows]
    return "\n".join(lines) + "\n"


@pytest.fixture
def write_dt(tmp_path):
    """Writes a made-up .dt file and returns its path."""

    def write(name="card1", folder=tmp_path, **kwargs):
        path = Path(folder) / f"{name}.dt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dt_text(name[:-1], **kwargs))
        return path

    return write


@pytest.fixture
def no_manual_dir(monkeypatch, tmp_path):
    """No PROBEN1 and no tfds folder, whatever the environment says."""
    monkeypatch.delenv("KVAE_PROBEN1_DIR", raising=False)
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path / "nothing"))


@pytest.fixture(scope="session")
def real_dir():
    """The folder with the real files; tests on made-up ones need it not."""
    folder = os.environ.get("KVAE_PROBEN1_DIR")
    if not folder or not (Path(folder) / "card" / "card1.dt").exists():
        pytest.skip("the real PROBEN1 files are not here; the others use made-up ones")
    return Path(folder)
