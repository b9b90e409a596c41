"""Which rows each shard of a run holds, before any is made."""

import dataclasses

from kvae import random

SHARD_ROWS = 50_000
SHARD_NUMBERS = 2**23  # 32 MiB of float32, of which a worker holds many copies


@dataclasses.dataclass(frozen=True)
class Shard:
    """A part of a run: one file, made by one worker at once.

    Args:
        number: int, from 0.
        name: str, of the file, without its ending.
        counts: tuple of ints, the rows of each class, by its place.
        seed: int.
    """

    number: int
    name: str
    counts: tuple
    seed: int


def plan_shards(counts, shard_rows, seed):
    """Returns the shards of a run; each has its share of every class.

    Args:
        counts: sequence of ints, the rows of each class.
        shard_rows: int >= 1, the most rows of a shard.
        seed: int, of the run.

    Returns:
        List of Shard.

    Example:
        >>> for shard in plan_shards([3, 2], shard_rows=2, seed=0):
        ...     print(shard.name, shard.counts)
        rows-00000-of-00003 (1, 1)
        rows-00001-of-00003 (1, 1)
        rows-00002-of-00003 (1, 0)
    """
    size = -(-sum(counts) // shard_rows)
    seeds = _seeds(seed, size)

    def dealt(rows, number):
        # Like cards: row i of all goes to shard i % size.
        return rows // size + (number < rows % size)

    shards = []
    for number in range(size):
        share, before = [], 0
        for count in counts:
            share.append(dealt(before + count, number) - dealt(before, number))
            before += count
        name = f"rows-{number:05}-of-{size:05}"
        shards.append(Shard(number, name, tuple(share), seeds[number]))
    return shards


def default_shard_rows(width):
    """Returns how many rows of so many numbers a shard holds by default.

    Args:
        width: int, numbers that a decoder gives for a row: inputs, or pixels.

    Example:
        >>> default_shard_rows(80), default_shard_rows(64 * 64 * 3)
        (50000, 682)
    """
    return max(1, min(SHARD_ROWS, SHARD_NUMBERS // max(width, 1)))


def _seeds(seed, count):
    """Returns a seed for each shard, of which no two lead to the same rows.

    `VAEOverSampler.sample` narrows its seed to 32 bits: among 10,000 shards, two would
    be the same in one run of a hundred.
    """
    found, taken, step = [], set(), 0
    while len(found) < count:
        candidate = random.derive(seed, "shard", step)
        narrowed = random.derive(candidate, "generate")
        if narrowed not in taken:
            taken.add(narrowed)
            found.append(candidate)
        step += 1
    return found
