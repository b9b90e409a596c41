"""A bundle of cells on latent space: where rows are, and what lies between them."""

import dataclasses

import numpy as np
from sklearn.decomposition import PCA
from sklearn.neighbors import NearestNeighbors

from kvae import random
from kvae.data.guarded import Rows
from kvae.experiments.protocol import Settings
from kvae.experiments.vae_cache import load_source
from kvae.latent.codes import encode
from kvae.losses import kl_divergence
from kvae.models.replicas import take
from kvae.training.classifiers import convnet_logits, train_convnet
from kvae.training.vaes import fit_vaes
from recipes.cells.disentanglement import as_png

VAE, AUTOENCODER = "VAE", "autoencoder"
SURE = 0.9  # the probability from which a classifier is called sure
GRID = 11  # images along each side of the grid over the plane
STEPS = 9  # images of an interpolation, its ends included
NEAREST = 5
WITHIN, BETWEEN = "half-way within a class", "half-way between classes"
KINDS = ("held-out rows", "reconstructions", WITHIN, BETWEEN, "drawn at random")


def train_latent_cells(
    data, seeds, settings, cells, classifier_steps=600, shown=1500, data_dir=None
):
    """Trains VAEs and plain autoencoders, and looks at and between their codes.

    Args:
        data: str, name of a set of images.
        seeds: list of int, of which the first one's codes and images are kept.
        settings: VAESettings; latent_dim is that of the cell.
        cells: list of dicts {"model": VAE or AUTOENCODER, "latent_dim": int}.
        classifier_steps: int, training steps of the convnet that may be sure.
        shown: int, test images whose codes are kept, and which are measured.
        data_dir: tfds folder.

    Returns:
        A list of rows for each cell: of every seed the measures (table "measures"), a
        line for each of KINDS; and of the first the codes in the plane (table "codes",
        a line for each class), the grid and the interpolations ("images").
    """
    source = load_source(data, data_dir)
    judge = _judge(source, seeds[0], steps=classifier_steps)
    near = NearestNeighbors(n_neighbors=1, algorithm="brute")
    near.fit(_flat(source.train.x))
    with source.scoring() as test:
        held_out = test.take(slice(shown))
    found = []
    for cell in cells:
        stack = fit_vaes(
            source.train.x,
            [random.derive(seed, "single_vae") for seed in seeds],
            dataclasses.replace(settings, latent_dim=cell["latent_dim"]),
            deterministic=cell["model"] == AUTOENCODER,
        )
        rows = []
        for r, seed in enumerate(seeds):
            vae = take(stack, r)
            where = {"data": source.name, **cell, "seed": seed}
            measures = measure(vae, source, held_out, judge, near, seed=seed)
            rows += [{"table": "measures", **where, **line} for line in measures]
            if r == 0:
                kept = [*codes_of(vae, held_out), *images_of(vae, source, seed)]
                rows += [{**where, **line} for line in kept]
        found.append(with_all_columns(rows))
    return found


def with_all_columns(rows):
    """Returns rows of several tables as the store keeps them: with the same columns.

    Example:
        >>> with_all_columns([{"a": 1}, {"b": 2}])
        [{'a': 1, 'b': None}, {'a': None, 'b': 2}]
    """
    names = dict.fromkeys(name for row in rows for name in row)
    return [{name: row.get(name) for name in names} for row in rows]


def measure(vae, source, held_out, judge, near, seed):
    """Returns how images of each kind lie to the training images: a line for each.

    `distance` is the mean distance to the nearest training image over that of held-out
    images; `sure` the share to which the classifier gives a class with a probability of
    SURE. Draws are from a normal distribution with the codes' own mean and covariance.
    """
    codes = encode(vae, source.train.x, source.train.y)
    z, stream = codes.z_mean, random.generator(seed, "latent_space")
    count = len(held_out.x)
    own = encode(vae, held_out.x)
    inside = pairs(codes.label, count, same=True, generator=stream)
    across = pairs(codes.label, count, same=False, generator=stream)
    drawn = stream.multivariate_normal(z.mean(axis=0), np.cov(z.T), count)
    decoded = [own.z_mean, z[inside].mean(axis=1), z[across].mean(axis=1), drawn]
    images = [held_out.x, *(_decode(vae, each) for each in decoded)]
    apart = [near.kneighbors(_flat(x))[0].mean() for x in images]
    kl = 0.0
    if not vae.deterministic:
        kl = float(np.mean(kl_divergence(own.z_mean, own.z_log_var)))
    agree = float(neighbours_agree(own.z_mean, held_out.y))
    return [
        {
            "kind": kind,
            "distance": float(distance / apart[0]),
            "sure": float((judge(x) >= SURE).mean()),
            "kl": kl,
            "neighbours_agree": agree,
        }
        for kind, x, distance in zip(KINDS, images, apart, strict=True)
    ]


def pairs(labels, count, same, generator):
    """Returns row numbers (count, 2) of pairs of one class, or of two.

    Example:
        >>> stream = np.random.default_rng(0)
        >>> found = pairs(np.array([0, 0, 1, 1]), 5, same=True, generator=stream)
        >>> bool((found[:, 0] // 2 == found[:, 1] // 2).all())
        True
    """
    rows = np.zeros((0, 2), int)
    while len(rows) < count:
        drawn = generator.integers(len(labels), size=(4 * count, 2))
        alike = labels[drawn[:, 0]] == labels[drawn[:, 1]]
        fits = (alike == same) & (drawn[:, 0] != drawn[:, 1])
        rows = np.concatenate([rows, drawn[fits]])
    return rows[:count]


def neighbours_agree(z, labels):
    """Returns the share of each code's nearest ones that are of its class.

    Example:
        >>> z = np.repeat([[0.0], [9.0]], 6, axis=0)
        >>> float(neighbours_agree(z, np.repeat([0, 1], 6)))
        1.0
    """
    search = NearestNeighbors(n_neighbors=NEAREST).fit(z)
    nearest = search.kneighbors(return_distance=False)
    return (labels[nearest] == labels[:, None]).mean()


def codes_of(vae, rows):
    """Returns the codes of each class in the plane, d > 2 by their first two PCs."""
    z = encode(vae, rows.x).z_mean
    explained = 1.0
    if z.shape[1] > 2:
        pca = PCA(2, svd_solver="full").fit(z)
        z, explained = pca.transform(z), float(pca.explained_variance_ratio_.sum())
    z = np.round(z.astype("float64"), 3)
    return [
        {
            "table": "codes",
            "label": int(label),
            "z_1": z[rows.y == label, 0].tolist(),
            "z_2": z[rows.y == label, 1].tolist(),
            "explained": explained,
        }
        for label in np.unique(rows.y)
    ]


def images_of(vae, source, seed):
    """Returns the grid over the plane, where there is one, and interpolations.

    The grid covers the middle 96 % of the codes of the training images.
    """
    codes = encode(vae, source.train.x, source.train.y)
    z, lines = codes.z_mean, []
    if z.shape[1] == 2:
        low, high = np.quantile(z, (0.02, 0.98), axis=0)
        axes = np.linspace(low, high, GRID)
        # The first row of a picture is its top.
        for i, second in enumerate(axes[::-1, 1]):
            row = np.column_stack([axes[:, 0], np.full(GRID, second)])
            lines.append(_line(vae, row, what="grid", place=i))
    stream = random.generator(seed, "interpolation")
    ends = [(2, 2), (2, 2), (2, 7), (0, 1), (3, 8)]
    for place, (first, last) in enumerate(ends):
        a, b = (stream.choice(np.flatnonzero(codes.label == c)) for c in (first, last))
        way = np.linspace(0, 1, STEPS)[:, None]
        row = (1 - way) * z[a] + way * z[b]
        what = "within" if first == last else "between"
        name = f"{first} to {last}"
        lines.append(_line(vae, row, what=what, place=place, name=name))
    return lines


def _line(vae, z, what, place, name=""):
    return {
        "table": "images",
        "what": what,
        "place": place,
        "name": name,
        "from_z": np.round(z[0].astype("float64"), 3).tolist(),
        "to_z": np.round(z[-1].astype("float64"), 3).tolist(),
        "strip": as_png(_decode(vae, z)),
    }


def _decode(vae, z):
    z = z.astype("float32")
    parts = [vae.decode(z[start : start + 1000]) for start in range(0, len(z), 1000)]
    return np.concatenate([np.asarray(part, "float32") for part in parts])


def _judge(source, seed, steps):
    """Returns images -> the probability of their likeliest class, by a convnet."""
    vae = None  # a convnet needs none
    settings = Settings(vae, vae, steps=steps, batch_size=64)
    rows = Rows(source.train.x, source.train.y)
    weights, _ = train_convnet(
        seed, rows, None, num_classes=source.num_classes, settings=settings
    )

    def probability(x):
        logits = convnet_logits(weights, x, source.num_classes)
        logits = logits - logits.max(axis=1, keepdims=True)
        return 1 / np.exp(logits).sum(axis=1)

    return probability


def _flat(x):
    return x.reshape(len(x), -1)
