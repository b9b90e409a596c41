"""Mixed VAEs beside the plain one: the recipe on the builder's made-up files."""

from pathlib import Path

import pandas as pd
import pytest

from kvae.data import proben1
from recipes import my_table, real_tables

DUMMY = str(Path(proben1.__file__).parent / "dummy_data")


@pytest.mark.slow
def test_summarises_cells_and_pools_them(few_steps, tmp_path, capsys):
    config = real_tables.Config(
        problems=("card", "glass"),
        rows=(2, 50),
        seeds=3,
        manual_dir=DUMMY,
        quick=True,
        jobs=2,
        out=tmp_path,
    )
    real_tables.main(config)
    summary = pd.read_csv(tmp_path / "summary.csv")
    assert summary.groupby(["data", "shots"])["method"].first().unique().tolist() == [
        "plain Gaussian VAE"
    ]
    pooled = pd.read_csv(tmp_path / "pooled.csv").set_index("method")
    assert pooled["difference_low"].notna().sum() == len(pooled) - 1
    alone = pd.read_csv(tmp_path / "generated_only.csv").set_index("data")
    assert alone.loc["mean", "SMOTE / SMOTE's"] == 1.0
    assert "n/a (class" in capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:The VAE has collapsed")
def test_my_table_writes_rows_and_a_report(tmp_path):
    my_table.main(my_table.Config(steps=20, rows=3, out=tmp_path))
    assert len(pd.read_csv(tmp_path / "augmented.csv")) == 178 + 9
    assert "Verdict" in (tmp_path / "report.md").read_text()
