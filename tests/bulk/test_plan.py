import numpy as np

from kvae import random
from kvae.bulk.plan import default_shard_rows, plan_shards


def test_shards_hold_all_rows_and_differ_by_one_at_most():
    for counts in ([10, 3, 0], [7], [1, 1, 1]):
        shards = plan_shards(counts, shard_rows=4, seed=0)
        each = np.array([shard.counts for shard in shards])
        assert each.sum(axis=0).tolist() == counts
        sizes = each.sum(axis=1)
        assert sizes.max() <= 4
        assert np.ptp(sizes) <= 1
        assert (np.ptp(each, axis=0) <= 1).all()


def test_no_two_shards_lead_to_the_same_rows(monkeypatch):
    # As if seeds had 4 bits: `sample` narrows them to 32.
    derive = random.derive
    monkeypatch.setattr(random, "derive", lambda *words: derive(*words) % 16)
    seeds = [shard.seed for shard in plan_shards([16], shard_rows=2, seed=0)]
    assert len({random.derive(seed, "generate") for seed in seeds}) == 8


def test_another_seed_gives_other_seeds():
    one, two = (plan_shards([10], 1, seed) for seed in (0, 1))
    assert not {shard.seed for shard in one} & {shard.seed for shard in two}


def test_wide_rows_get_smaller_shards():
    assert default_shard_rows(0) == 50_000
    assert default_shard_rows(2**30) == 1
