"""How fast the graph of neighbours and the spreading are, beside what else there is.

    python -m tools.benchmark_graph               # 5 minutes on 2 busy cores, 1 GB

Graph of 60,000 x 50, k = 10, and the share of the true neighbours that are found:

- neighbours: ours, which is scikit-learn's search over blocks of all pairs ("brute");
- blocks: argpartition over float32 blocks of z @ z.T;
- tree: scikit-learn's k-d tree on both cores, for the first `tree_rows` rows alone,
  its time scaled up to all (a row costs what it costs).

Spreading on the graph of `neighbours`, 10 classes, 5 labelled rows each, and the share
of rightly labelled rows:

- spread: ours;
- iteration: Zhou's iteration on the same S, as many steps as the same error takes;
- LabelSpreading: scikit-learn's, at most as many steps; it searches the 10 neighbours
  itself, and has no weights and no class-mass normalisation.

The rows are made up: 10 classes, each a curved sheet in noise. "sgemm" is the time of
z @ z.T alone, what any search over all pairs would need at least: read the ratios.
"""

import statistics
from dataclasses import dataclass

from recipes import common
from tools import timing


@dataclass(frozen=True)
class Config:
    rounds: int = 5
    """How often each variant is timed."""
    rows: int = 60_000
    """Rows N."""
    latent_dim: int = 50
    """Latents d."""
    tree_rows: int = 2000
    """Rows whose neighbours the tree looks for."""
    slow: bool = True
    """Whether the variants that take minutes are run too: once."""
    quick: bool = False
    """Two rounds on 2,000 rows: a check that it runs."""


QUICK = {"rounds": 2, "rows": 2000, "tree_rows": 500}
K = 10
ALPHA = 0.99


def main(config):
    import numpy as np

    from kvae.latent import neighbours, spread

    z, y = made_up_rows(config.rows, config.latent_dim)
    indices, distances = neighbours(z, K)
    label = np.full(len(y), -1)
    for c in range(10):
        label[np.flatnonzero(y == c)[:5]] = c

    def recall(found):
        rows = np.linspace(0, len(found) - 1, 500).astype(int)
        same = [len(set(found[row]) & set(indices[row])) for row in rows]
        return np.mean(same) / K

    def accuracy(found):
        return np.mean(found[label < 0] == y[label < 0])

    quick_variants = {
        "sgemm": (lambda: products(z), None),
        "neighbours": (lambda: neighbours(z, K)[0], recall),
        "spread": (
            lambda: (
                spread(indices, distances, label, num_classes=10, alpha=ALPHA).label
            ),
            accuracy,
        ),
    }
    slow_variants = {
        "blocks": (lambda: in_blocks(z), recall),
        "tree": (lambda: by_tree(z, config.tree_rows), recall),
        "iteration": (lambda: iterate(indices, distances, label), accuracy),
        "LabelSpreading": (lambda: label_spreading(z, label), accuracy),
    }
    variants = quick_variants | (slow_variants if config.slow else {})
    seconds = {name: [] for name in variants}
    shares = {}
    with common.progress(config.rounds, "Rounds", "round") as bar:
        for number in range(config.rounds):
            for name, (run, score) in variants.items():
                if name in slow_variants and number > 0:
                    continue
                duration, result = timing.timed(run)
                seconds[name].append(duration)
                shares[name] = "" if score is None else f"{score(result):.4f}"
            bar.update()
    if config.slow:
        seconds["tree"][0] *= config.rows / config.tree_rows
    print(f"{'variant':15} {'s (median)':>10} {'times sgemm':>22} {'found':>7}")
    for name, times in seconds.items():
        ratios = timing.ratios(times, seconds["sgemm"], decimals=1)
        median = statistics.median(times)
        print(f"{name:15} {median:10.2f} {ratios:>22} {shares[name]:>7}")


def made_up_rows(num_rows, latent_dim):
    """Returns rows (N, d) and their classes."""
    import numpy as np

    stream = np.random.default_rng(0)
    y = stream.integers(0, 10, num_rows)
    centres = stream.normal(size=(10, latent_dim))
    bends = stream.normal(size=(10, 8, latent_dim))
    place = stream.normal(size=(num_rows, 8))
    sheet = np.stack([place[i] @ bends[c] for i, c in enumerate(y)])
    noise = 0.2 * stream.normal(size=sheet.shape)
    return (centres[y] + np.sin(sheet / 4) + noise).astype("float32"), y


def products(z):
    for start in range(0, len(z), 1000):
        z[start : start + 1000] @ z.T


def in_blocks(z):
    import numpy as np

    squares = np.einsum("nd,nd->n", z, z)
    found = []
    for start in range(0, len(z), 1000):
        block = squares - 2 * z[start : start + 1000] @ z.T
        places = np.arange(len(block))
        block[places, start + places] = np.inf  # no row is its neighbour
        # Copied: a view would keep all N columns of every block in memory.
        found.append(np.argpartition(block, K, axis=1)[:, :K].copy())
    return np.concatenate(found)


def by_tree(z, num_rows):
    from sklearn.neighbors import NearestNeighbors

    search = NearestNeighbors(n_neighbors=K + 1, algorithm="kd_tree", n_jobs=-1)
    return search.fit(z).kneighbors(z[:num_rows], return_distance=False)[:, 1:]


def iterate(indices, distances, label):
    import numpy as np

    from kvae.latent import spreading

    affinity = spreading._affinity(indices, distances, 4.0)
    one_hot = np.eye(10)[label] * (label >= 0)[:, None]
    smooth = one_hot
    for _ in range(int(np.log(spreading.TOLERANCE / 2) / np.log(ALPHA))):
        smooth = ALPHA * (affinity @ smooth) + (1 - ALPHA) * one_hot
    return np.argmax(smooth, axis=1)


def label_spreading(z, label):
    import warnings

    from sklearn.exceptions import ConvergenceWarning
    from sklearn.semi_supervised import LabelSpreading

    model = LabelSpreading("knn", n_neighbors=K, alpha=ALPHA, max_iter=135, tol=1e-8)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return model.fit(z, label).transduction_


if __name__ == "__main__":
    timing.run_benchmark(main, Config, QUICK, __doc__)
