"""Latent codes, the currency: an encoder gives codes, a sampler turns them to draws."""

import dataclasses

import numpy as np

from kvae.checks import class_indices, expect_finite, expect_shape
from kvae.models.beta_vae import ACTIVE_VARIANCE
from kvae.models.conditional_vae import ConditionalVAE
from kvae.models.multi_vae import MultiVAE

ROWS_AT_ONCE = 4096


class _Table:
    """Named arrays of one length, from which rows can be taken."""

    def __len__(self):
        return len(self.label)

    def take(self, rows):
        """Returns the given rows (positions or a mask)."""
        columns = {
            field.name: getattr(self, field.name) for field in dataclasses.fields(self)
        }
        return dataclasses.replace(
            self,
            **{name: v[rows] for name, v in columns.items() if v is not None},
        )


@dataclasses.dataclass(frozen=True)
class LatentCodes(_Table):
    """Where an encoder puts rows: q(z | x) of N rows.

    Args:
        z_mean: float array (N, d).
        z_log_var: float array (N, d); -inf for a deterministic autoencoder.
        label: int array (N,) of class indices, -1 = unlabelled.
        row_id: int array (N,), positions in the caller's data.
        replica: int array (N,), which replica's latent space a code lives in; None
            where there is one space for all (Single-VAE).
        uncertainty: float array (N,), from 0 to 1, how uncertain a label is that was
            spread to a row; None where labels were given.
        weight: float array (N,), >= 0, how often a row is drawn around, relative to
            the others of its class; None where all are alike.
    """

    z_mean: np.ndarray
    z_log_var: np.ndarray
    label: np.ndarray
    row_id: np.ndarray
    replica: np.ndarray | None = None
    uncertainty: np.ndarray | None = None
    weight: np.ndarray | None = None

    @property
    def classes(self):
        """Int array: the labels that occur, except -1, sorted."""
        labels = np.unique(self.label)
        return labels[labels >= 0]


@dataclasses.dataclass(frozen=True)
class Draws(_Table):
    """Points in latent space that a sampler drew, and where they come from.

    Args:
        z: float array (N, d).
        label: int array (N,).
        parent: int array (N,), row_id of the row drawn around; -1 = none.
        partner: int array (N,), row_id of the neighbour used; -1 = none.
        replica: int array (N,), as in LatentCodes, or None.
        params: str array (N,), the parameters in effect, as JSON.
        uncertainty: float array (N,), of the parent's label, as in LatentCodes.
    """

    z: np.ndarray
    label: np.ndarray
    parent: np.ndarray
    partner: np.ndarray
    replica: np.ndarray | None
    params: np.ndarray
    uncertainty: np.ndarray | None = None

    @classmethod
    def concatenate(cls, parts):
        """Returns one Draws of several."""
        columns = {}
        for field in dataclasses.fields(cls):
            values = [getattr(part, field.name) for part in parts]
            none = any(value is None for value in values)
            columns[field.name] = None if none else np.concatenate(values)
        return cls(**columns)


def encode(vae, x, y=None, row_id=None, unlabelled=None):
    """Returns the codes of rows.

    Args:
        vae: BetaVAE without a replica axis (Single-VAE): all rows share one latent
            space; MultiVAE: the VAE of class c encodes the rows with label c; or
            ConditionalVAE, which is told the label.
        x: float array (N, ...), the rows.
        y: array (N,) of class indices; by default all rows are unlabelled, which a
            MultiVAE cannot encode. Missing labels (NaN, None) mean unlabelled.
        row_id: optional int array (N,); by default 0 ... N - 1.
        unlabelled: optional int, a label that also means unlabelled, such as -1.

    Returns:
        LatentCodes.

    Raises:
        ValueError: where x is empty, holds NaN or infinite values or does not have the
            shape the VAE was built for (or, for a Bernoulli VAE, leaves [0, 1]), a
            MultiVAE has no replica for a label, or the model is any other stack.
    """
    x = expect_rows("encode", vae, x)
    y = np.full(len(x), None) if y is None else y
    y = class_indices("encode", y, len(x), unlabelled=unlabelled)
    if isinstance(vae, ConditionalVAE):
        # Near codes of different classes mean different rows, as in a Multi-VAE.
        replica = _expect_classes(vae, y)
        x = vae.with_class(x, y)
    else:
        replica = None if vae.replicas is None else _expect_classes(vae, y)
    z_mean, z_log_var = by_replica(vae, vae.encode, x, replica=replica)
    return LatentCodes(
        z_mean,
        np.full_like(z_log_var, -np.inf) if vae.deterministic else z_log_var,
        label=y,
        row_id=np.arange(len(x)) if row_id is None else np.asarray(row_id),
        replica=replica,
    )


def decode(vae, draws):
    """Returns the mean rows of draws, (N, ...), each by the replica it lives in."""
    conditional = isinstance(vae, ConditionalVAE)
    z = vae.with_class(draws.z, draws.label) if conditional else draws.z
    (rows,) = by_replica(vae, lambda z: [vae.decode(z)], z, replica=draws.replica)
    return rows[:, : -vae.num_classes] if conditional else rows


def by_replica(model, function, rows, replica):
    """Applies a function of (B, ...) or (R, B, ...) to rows of one or many replicas.

    Args:
        model: a model with R replicas, or without the axis.
        function: rows -> arrays of the same leading axes; called on a few thousand
            rows at a time.
        rows: array (N, ...).
        replica: int array (N,), the replica of each row; None without the axis.

    Returns:
        List of arrays (N, ...), in the order of the rows.
    """
    if model.replicas is None:
        parts = [
            [_as_floats(part) for part in function(rows[start : start + ROWS_AT_ONCE])]
            for start in range(0, max(len(rows), 1), ROWS_AT_ONCE)
        ]
        return [np.concatenate(column) for column in zip(*parts, strict=True)]
    positions_of = [np.flatnonzero(replica == r) for r in range(model.replicas)]
    width = max(1, *map(len, positions_of))
    # Replicas with fewer rows are filled up with any row; what it gives is not read.
    filled = [
        np.resize(positions, width) if len(positions) else np.zeros(width, int)
        for positions in positions_of
    ]
    if len(rows) == 0:
        rows, width = np.zeros((1, *rows.shape[1:]), rows.dtype), 1
        replica = np.zeros(0, int)
    stacked = rows[np.stack(filled)]
    at_once = max(1, ROWS_AT_ONCE // model.replicas)
    parts = [
        [_as_floats(part) for part in function(stacked[:, start : start + at_once])]
        for start in range(0, width, at_once)
    ]
    results = []
    for column in zip(*parts, strict=True):
        column = np.concatenate(column, axis=1)
        result = np.empty((len(replica), *column.shape[2:]), column.dtype)
        for r, positions in enumerate(positions_of):
            result[positions] = column[r, : len(positions)]
        results.append(result)
    return results


def _as_floats(tensor):
    """Returns float32, or float64 as it is: NumPy knows no bfloat16."""
    array = np.asarray(tensor)
    return array if array.dtype == "float64" else array.astype("float32")


def _expect_classes(vae, y):
    if not isinstance(vae, MultiVAE | ConditionalVAE):
        raise ValueError(
            "encode expects one VAE, or a MultiVAE, whose replicas belong to classes. "
            f"Received: a stack of {vae.replicas} VAEs. Choose one with "
            "kvae.models.take(vae, r)."
        )
    classes = vae.num_classes if isinstance(vae, ConditionalVAE) else vae.replicas
    unknown = np.unique(y[(y < 0) | (y >= classes)])
    if len(unknown):
        raise ValueError(
            f"encode expects labels from 0 to {classes - 1}, one for each replica "
            f"(class) of a Multi-VAE, or class of a ConditionalVAE. Received: "
            f"{unknown.tolist()}. Leave unlabelled rows out, or encode them with a "
            "Single-VAE."
        )
    return y


def expect_rows(who, vae, x):
    """Returns x as an array; raises unless it fits what the VAE was built for."""
    x = np.asarray(x)
    if len(x) == 0:
        raise ValueError(f"{who} expects at least one row. Received: none.")
    expect_finite(who, x)
    expected = (None, *row_shape(who, vae))
    expect_shape(
        who, "(N, ...)", x.shape, expected, remedy="Reshape x as for training."
    )
    low, high = vae.likelihood.support
    if x.min() < low or x.max() > high:
        raise ValueError(
            f"{who} expects values in [{low:g}, {high:g}] for a VAE with "
            f"reconstruction={vae.reconstruction!r}. Received: {x.min():g} to "
            f"{x.max():g}. Scale x as for training."
        )
    return x if x.dtype == "float64" else x.astype("float32")


def row_shape(who, vae):
    """Returns the shape of the rows that a VAE was built for."""
    shape = (vae.get_build_config() or {}).get("input_shape")
    if shape is None:
        raise ValueError(
            f"{who} expects a trained BetaVAE. Received: {vae.name!r}, which is not "
            "built yet. Fit it first."
        )
    shape = tuple(shape[1 if vae.replicas is None else 2 :])
    if isinstance(vae, ConditionalVAE):
        shape = (shape[0] - vae.num_classes,)  # the class is added on the way
    return shape


def active_units(codes):
    """Returns how many latents vary over rows.

    Args:
        codes: LatentCodes.

    Returns:
        int; of a Multi-VAE the smallest count of a class, except those of one row.
    """
    groups = [np.ones(len(codes), bool)]
    if codes.replica is not None:
        groups = [codes.replica == r for r in np.unique(codes.replica)]
    counts = [
        int((codes.z_mean[group].var(axis=0) > ACTIVE_VARIANCE).sum())
        for group in groups
        if group.sum() > 1
    ]
    return min(counts, default=codes.z_mean.shape[1])
