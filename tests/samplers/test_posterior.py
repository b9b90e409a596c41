import dataclasses

import numpy as np

from kvae.samplers import Posterior


def test_spreads_as_each_parents_posterior_does(make_codes):
    codes = make_codes()
    draws = Posterior().draw(codes, 60_000, seed=0)
    for i, row in enumerate(codes.row_id):
        z = draws.z[draws.parent == row]
        np.testing.assert_allclose(z.mean(axis=0), codes.z_mean[i], atol=0.01)
        np.testing.assert_allclose(z.var(axis=0), np.exp(codes.z_log_var[i]), rtol=0.1)


def test_finds_parents_in_any_order_of_row_ids(make_codes, means_of):
    codes = make_codes()
    codes = dataclasses.replace(
        codes, row_id=codes.row_id[::-1].copy(), z_log_var=np.full((10, 2), -np.inf)
    )
    draws = Posterior().draw(codes, 8, seed=0)
    np.testing.assert_array_equal(draws.z, means_of(codes, draws.parent))
