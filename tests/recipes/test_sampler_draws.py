import dataclasses

import pandas as pd

from recipes import sampler_draws


def test_draws_of_all_samplers_are_measured_and_drawn(tmp_path):
    settings = {**sampler_draws.QUICK, "steps": 20, "out": tmp_path}
    config = sampler_draws.Config(**settings, quick=True, jobs=1)
    sampler_draws.main(config)
    table = pd.read_csv(tmp_path / "summary.csv").set_index("sampler")
    assert set(table.index) == set(sampler_draws.SAMPLERS)
    # Interpolation goes all the way to the neighbour, as the table says.
    assert table["distance"].drop("interpolate").gt(0).all()
    assert len(pd.read_csv(tmp_path / "draws.csv")) == 40 * len(table)
    for name in ("codes", "images", "split"):
        assert (tmp_path / f"{name}.png").stat().st_size > 5000
        assert (tmp_path / f"{name}.svg").exists()
    sampler_draws.main(dataclasses.replace(config, stored=True))
