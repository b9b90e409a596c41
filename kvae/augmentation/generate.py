"""Codes, a sampler and a decoder make new labelled rows, each with its provenance."""

import dataclasses

import numpy as np
import pandas as pd

from kvae import random, samplers, templates
from kvae.augmentation.acceptance import draw_accepted
from kvae.checks import class_indices, expect_one_of
from kvae.data.labels import counts_like
from kvae.latent.codes import decode, encode
from kvae.samplers.sampler import expect_counts

# The columns of every provenance table; what does not apply is missing (<NA>).
PROVENANCE = {
    "label": "Int64",  # class index
    "sampler": "category",
    "parameters": "category",  # JSON: those in effect, one record for each sampler
    "parent": "Int64",  # row_id of the row drawn around
    "partner": "Int64",  # row_id of the neighbour used
    "replica": "Int64",  # which VAE of a Multi-VAE
    "uncertainty": "Float64",  # of a label that was spread to the parent, from 0 to 1
    "score": "Float64",  # acceptance score of a filter
}
DISTANCES_AT_MOST = 10_000


@dataclasses.dataclass(frozen=True)
class Generated:
    """Generated rows.

    Args:
        x: float32 array (N, ...).
        y: int64 array (N,), class indices.
        provenance: DataFrame of N rows with the columns of `PROVENANCE`.
        acceptance: where a generative classifier filtered, DataFrame with a line for
            each class: asked (rows), drawn, accepted (draws), rate; else None.
    """

    x: np.ndarray
    y: np.ndarray
    provenance: pd.DataFrame
    acceptance: pd.DataFrame | None = None

    def __len__(self):
        return len(self.y)

    def _repr_html_(self):
        counts = pd.Series(self.y).value_counts().sort_index()
        tables = [("Rows of each class", counts.rename("rows").to_frame())]
        if self.acceptance is not None:
            tables.append(("Draws that were accepted", self.acceptance))
        tables.append(("Provenance of the first five", self.provenance.head()))
        shape = " x ".join(map(str, self.x.shape[1:]))
        title = f"{len(self)} generated rows of {shape}"
        return templates.summary(title, tables=tables)

    def with_distance(self, real, seed=0):
        """Returns the same rows with a provenance column `distance`.

        It is the Euclidean distance to the nearest real row. Above 10,000 generated
        rows a random 10,000 of them are measured, and it is missing for the others.

        Args:
            real: float array (M, ...), the rows to compare with.
            seed: int, for the choice above 10,000 rows.

        Returns:
            Generated.
        """
        from sklearn.neighbors import NearestNeighbors

        rows = np.arange(len(self))
        if len(rows) > DISTANCES_AT_MOST:
            stream = random.generator(seed, "distances")
            rows = stream.choice(rows, DISTANCES_AT_MOST, replace=False)
        search = NearestNeighbors(n_neighbors=1).fit(real.reshape(len(real), -1))
        distance, _ = search.kneighbors(self.x[rows].reshape(len(rows), -1))
        column = pd.array([pd.NA] * len(self), dtype="Float64")
        column[rows] = distance[:, 0].astype("float64")
        return dataclasses.replace(
            self, provenance=self.provenance.assign(distance=column)
        )


def generate(
    vae,
    x,
    y,
    sampler="noise",
    n=None,
    seed=0,
    output="mean",
    row_id=None,
    unlabelled=None,
    generative_classifier=None,
    redraws=10,
    codes=None,
):
    """Generates labelled rows from the latent space of a trained VAE.

    Args:
        vae: BetaVAE without a replica axis, or MultiVAE.
        x: float array (N, ...), labelled rows.
        y: array (N,), class indices; rows without a label (NaN, None) are of use to
            "propagate" alone.
        sampler: Sampler, or a name that `kvae.samplers.get` knows.
        n: int, rows per class; or dict {class index: rows}; by default as many as
            there are real ones of the class.
        seed: int.
        output: "mean" gives the mean row of p(x | z), "sample" draws from it.
        row_id: optional int array (N,), names of the rows in the provenance; by
            default 0 ... N - 1.
        unlabelled: optional int, a label that means unlabelled too, such as -1.
        generative_classifier: optional GenerativeClassifier; only rows that it accepts
            are kept, and others drawn for those it rejects. It also labels the draws
            of "normal" from a Single-VAE.
        redraws: int, how often at most rejected rows are drawn again.
        codes: optional LatentCodes to draw around instead of those of x and y, such as
            `refined_codes` gives.

    Returns:
        Generated, ordered by class. A class that could not be filled comes short, and
        a warning says so.

    Raises:
        ValueError: for an unknown sampler or output, a class without rows, rows that
            do not fit the VAE, or where the sampler needs a Multi-VAE.

    Example:
        >>> from kvae import BetaVAE, DenseDecoder, DenseEncoder
        >>> vae = BetaVAE(DenseEncoder(2), DenseDecoder((4,)))
        >>> vae.build((None, 4))
        >>> rows = generate(vae, np.eye(4), np.array([0, 0, 1, 1]), "interpolate", n=3)
        >>> rows.x.shape, rows.y.tolist()
        ((6, 4), [0, 0, 0, 1, 1, 1])
    """
    expect_one_of("output", output, ("mean", "sample"))
    if isinstance(generative_classifier, bool):
        raise ValueError(
            "generative_classifier of generate expects a GenerativeClassifier. "
            f"Received: {generative_classifier}. Train one by "
            "kvae.training.fit_generative_classifier, or leave it out."
        )
    sampler = samplers.get(sampler)
    y = class_indices("generate", y, len(x), unlabelled)
    x, row_id = np.asarray(x), np.arange(len(y)) if row_id is None else row_id
    if codes is None:
        used = (y >= 0) | sampler.uses_unlabelled
        codes = encode(vae, x[used], y[used], np.asarray(row_id)[used], unlabelled=-1)
    counts = expect_counts(codes, counts_like(y) if n is None else n)

    def decoded(draws, seed):
        rows = decode(vae, draws).astype("float32")
        if output == "sample":
            rows = _sample(vae, rows, draws, random.generator(seed, "output"))
        return rows

    if generative_classifier is None:
        draws = sampler.draw(codes, counts, seed)
        rows = decoded(draws, seed)
        return Generated(rows, draws.label, _provenance(draws, sampler.name))
    rows, draws, score, acceptance = draw_accepted(
        generative_classifier, sampler, codes, counts, seed, decoded, redraws
    )
    provenance = _provenance(draws, sampler.name).assign(score=score)
    provenance["score"] = provenance["score"].astype(PROVENANCE["score"])
    return Generated(rows, draws.label, provenance, acceptance)


def _sample(vae, mean, draws, generator):
    normal, uniform = vae.likelihood.random_numbers(generator, mean.shape)
    return vae.sample(mean, normal, uniform, replica=draws.replica)


def _provenance(draws, sampler):
    def nullable(row_ids):
        column = pd.array(row_ids, dtype="Int64")
        column[row_ids < 0] = pd.NA
        return column

    missing = np.full(len(draws), pd.NA)
    columns = {
        "label": draws.label,
        "sampler": np.full(len(draws), sampler),
        "parameters": draws.params,
        "parent": nullable(draws.parent),
        "partner": nullable(draws.partner),
        "replica": missing if draws.replica is None else draws.replica,
        "uncertainty": missing if draws.uncertainty is None else draws.uncertainty,
        "score": missing,
    }
    return pd.DataFrame(
        {
            name: pd.Series(columns[name], dtype=kind)
            for name, kind in PROVENANCE.items()
        }
    )
