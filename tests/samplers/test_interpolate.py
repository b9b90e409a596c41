import json

import numpy as np
import pytest

from kvae.samplers import Extrapolate, Interpolate, Noise


@pytest.mark.parametrize(("cls", "sign"), [(Interpolate, 1), (Extrapolate, -1)])
def test_is_the_decks_formula(cls, sign, make_codes, means_of):
    codes = make_codes()
    draws = cls(alpha=0.3, k=2).draw(codes, 50, seed=0)
    start, towards = means_of(codes, draws.parent), means_of(codes, draws.partner)
    np.testing.assert_allclose(draws.z, sign * 0.3 * (towards - start) + start)


def test_partners_are_the_nearest_of_the_same_class(make_codes):
    codes = make_codes((8, 8))
    draws = Interpolate(k=3).draw(codes, 500, seed=0)
    for i, row in enumerate(codes.row_id):
        distance = np.linalg.norm(codes.z_mean - codes.z_mean[i], axis=1)
        distance[(codes.label != codes.label[i]) | (codes.row_id == row)] = np.inf
        nearest = set(codes.row_id[np.argsort(distance)[:3]])
        assert set(draws.partner[draws.parent == row]) == nearest


def test_neighbours_are_chosen_alike_often(make_codes):
    draws = Interpolate(k=3).draw(make_codes((4, 4)), 8000, seed=0)
    first = draws.partner[draws.parent == 100]
    counts = np.unique(first, return_counts=True)[1]
    np.testing.assert_allclose(counts / len(first), 1 / 3, atol=0.05)


def test_uniform_goes_any_part_of_the_way(make_codes, means_of):
    codes = make_codes()
    draws = Interpolate(alpha=0.5, k=1, uniform=True).draw(codes, 4000, seed=0)
    start, towards = means_of(codes, draws.parent), means_of(codes, draws.partner)
    way = np.linalg.norm(draws.z - start, axis=1)
    share = way / np.linalg.norm(towards - start, axis=1)
    np.testing.assert_allclose(
        np.quantile(share, [0, 0.5, 1]), [0, 0.25, 0.5], atol=0.02
    )


def test_duplicated_rows_are_neighbours_of_each_other(make_codes):
    codes = make_codes((3, 1))
    codes.z_mean[1] = codes.z_mean[0]
    draws = Interpolate(k=1).draw(codes.take(codes.label == 0), 9, seed=0)
    assert set(draws.partner[draws.parent == 100]) == {101}
    assert set(draws.partner[draws.parent == 101]) == {100}


def test_k_is_clipped_to_the_class_and_recorded(make_codes):
    draws = Interpolate(k=50).draw(make_codes((6, 4)), 3, seed=0)
    ks = [json.loads(record)["k"] for record in draws.params]
    assert ks == [5, 5, 5, 3, 3, 3]


def test_a_class_of_one_row_gets_noise_and_says_so(make_codes, means_of):
    codes = make_codes((5, 1))
    draws = Interpolate().draw(codes, 2000, seed=0)
    noisy = draws.take(draws.label == 1)
    spread = (noisy.z - means_of(codes, noisy.parent)).var(axis=0)
    np.testing.assert_allclose(spread, Noise().alpha, rtol=0.15)
    records = json.loads(f"[{noisy.params[0]}]")
    assert records[0]["fallback"] == "noise"
    assert records[1] == {"sampler": "noise", "alpha": Noise().alpha}
    assert set(noisy.partner) == {-1}


@pytest.mark.parametrize("cls", [Interpolate, Extrapolate])
def test_refuses_bad_parameters(cls):
    with pytest.raises(ValueError, match=f"k of sampler '{cls.name}' .*>= 1"):
        cls(k=0)
    with pytest.raises(ValueError, match=f"alpha of sampler '{cls.name}' .*>= 0"):
        cls(alpha=-0.5)
