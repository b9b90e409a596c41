"""A cell on clusters: what the latent space of a table groups its rows by."""

import numpy as np
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_mutual_info_score, silhouette_score

from kvae import random
from kvae.latent.codes import encode
from kvae.models.replicas import take
from kvae.preprocessing.standardize import standardize
from kvae.training.vaes import fit_vaes
from recipes.cells.tables import load_table

CLUSTERS = 8
FEWEST = 20  # rows of each level: of fewer a cluster says nothing
CLASS = "class"


def train_cluster_cells(data, seeds, settings, cells, data_dir=None, manual_dir=None):
    """Trains VAEs of a table, and scores how its attributes group the codes.

    Args:
        data: str, name of a PROBEN1 problem.
        seeds: list of int, one VAE of a stack each; the first one's codes are kept.
        settings: VAESettings.
        cells: list of one dict, {"model": "VAE"}.
        data_dir: tfds folder.
        manual_dir: folder of PROBEN1's files.

    Returns:
        A list of a list of rows, one for each seed and attribute with two levels, and
        for the class: silhouette of its levels, and adjusted mutual information of the
        levels with the clusters of k-means; of the first seed the levels of each
        row, too, and beside the class the codes.
    """
    source = load_table(data, data_dir, manual_dir)
    x, y = source.train.x, source.train.y
    names = [attribute.name for attribute in source.schema or ()]
    if len(names) != x.shape[1]:  # inputs of an attribute may be several
        names = [f"input {position}" for position in range(x.shape[1])]
    levels = {CLASS: y}
    for name, column in zip(names, x.T, strict=True):
        values, index = np.unique(column, return_inverse=True)
        if len(values) == 2 and np.bincount(index).min() >= FEWEST:
            levels[name] = index
    inputs = standardize(source).train.x.astype("float32")
    stack = fit_vaes(
        inputs, [random.derive(seed, "single_vae") for seed in seeds], settings
    )
    rows = []
    for r, seed in enumerate(seeds):
        z = encode(take(stack, r), inputs).z_mean
        groups = KMeans(min(CLUSTERS, len(z) // 2), n_init=5, random_state=seed)
        clusters = groups.fit_predict(z)
        kept = seed == seeds[0]
        for name, level in levels.items():
            rows.append(
                {
                    "data": data,
                    "seed": seed,
                    "attribute": name,
                    "rows_of_smaller": int(np.bincount(level).min()),
                    "silhouette": float(silhouette_score(z, level)),
                    "mutual_information": adjusted_mutual_info_score(level, clusters),
                    "level": level.tolist() if kept else None,
                    "codes": z.round(2).tolist() if kept and name == CLASS else None,
                }
            )
    return [rows for _ in cells]
