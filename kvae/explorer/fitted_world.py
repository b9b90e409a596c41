"""The world of a fitted over-sampler: its rows, its VAE, its judge."""

import functools

import numpy as np
import pandas as pd

from kvae import random, samplers
from kvae.augmentation.acceptance import judge_rows
from kvae.explorer.world import Drawn, Look, World
from kvae.latent.codes import Draws, decode, encode
from kvae.latent.guessed_shares import guessed_shares
from kvae.latent.neighbours import neighbours
from kvae.latent.spreading import Spread, spread
from kvae.models.conditional_vae import ConditionalVAE
from kvae.models.multi_vae import MultiVAE

NEIGHBOURS = 10
SHORTLIST = 200  # nearest codes, among which the nearest row is looked for
NO_SPACE = (
    "Labels cannot be spread here: every class has a latent space of its own, so that "
    "near codes of different classes mean different rows. Fit with vae='single' and "
    "conditional=False (kvae augment --vae single)."
)


class FittedWorld(World):
    """A VAEOverSampler to explore.

    Args:
        fitted: VAEOverSampler, fitted.
        name: str.
        notes: tuple of str, what has to be said.
    """

    is_real = True

    def __init__(self, fitted, name, notes=()):
        x, y = fitted.training_rows()
        self.name, self.target = name, fitted.target_name_
        self._vae, self._table, self._judge = fitted.vae_, fitted.table_, fitted._judge
        self.by_class = isinstance(self._vae, MultiVAE | ConditionalVAE)
        self.is_image = x.ndim == 4
        self.classes = tuple(map(_name, fitted.classes_.tolist()))
        # A VAE that is told the class cannot place rows without one.
        self.row_id = np.flatnonzero((y >= 0) | (not self.by_class))
        self._x = x[self.row_id]
        self._codes = encode(
            self._vae, self._x, y[self.row_id], self.row_id, unlabelled=-1
        )
        self.z, self.label = self._codes.z_mean, self._codes.label
        self.has_judge = self._judge is not None
        self.no_labels = NO_SPACE if self.by_class else ""
        self.samplers = {
            "posterior": None,
            "noise": (0.0, 0.25),
            "interpolate": (0.0, 0.5),
            "extrapolate": (0.0, 0.5),
            "normal": (0.0, 1.0),
        }
        if not self.by_class and (self.label < 0).any():
            self.samplers["propagate"] = None
        left_out = len(y) - len(self._x)
        if left_out:
            notes += (f"{left_out} rows without a label have no place in this map",)
        self.notes = tuple(notes)

    def look(self, z, space, beside=-1):
        """Returns the Look at a code (d,), with the nearest real row or another."""
        z = np.asarray(z, "float32")[None]
        x = self._decoded(z, space)
        if beside < 0:
            beside = self._nearest(z[0], x[0], space)
        # Both at once: a table's way back is the slowest part of a look.
        both = self._as_rows(np.concatenate([x, self._x[[beside]]]))
        return Look(both[:1], both[1:], beside)

    def decode(self, z, space):
        """Returns the mean rows at codes (M, d)."""
        return self._as_rows(self._decoded(np.asarray(z, "float32"), space))

    def rows(self, positions):
        """Returns real rows, as the transform gives them back."""
        return self._as_rows(self._x[positions])

    def draw(self, sampler, alpha, n, seed, label):
        """Returns Drawn: of tables draws of p(x | z), of images their means."""
        arguments = {} if self.samplers[sampler] is None else {"alpha": alpha}
        drawer = samplers.get(sampler, **arguments)
        if sampler == "normal" and not self.by_class:
            draws = drawer.draw_unlabelled(n, self.z.shape[1], seed)
        else:
            codes = self._reached if sampler == "propagate" else self._codes
            draws = drawer.draw(codes, {label: n}, seed)
        x = decode(self._vae, draws).astype("float32")
        if self._table is not None:
            stream = random.generator(seed, "output")
            numbers = self._vae.likelihood.random_numbers(stream, x.shape)
            x = self._vae.sample(x, *numbers, replica=draws.replica)
        found, score, accepted = draws.label, None, None
        if self.has_judge:
            asked = None if (found < 0).all() else found
            found, score, accepted = judge_rows(self._judge, x, asked)
        names = np.array([*self.classes, ""], object)
        lineage = pd.DataFrame(
            {
                "sampler": sampler,
                "parameters": draws.params,
                "parent": pd.array(draws.parent, "Int64"),
                "partner": pd.array(draws.partner, "Int64"),
            }
        ).replace(-1, pd.NA)
        return Drawn(
            self._as_rows(np.asarray(x)),
            names[found].tolist(),
            accepted,
            score,
            lineage,
        )

    def spread(self, labels):
        """Returns the Spread of labels (N,) over the graph of latent means."""
        labels = np.asarray(labels)
        classes = np.unique(labels[labels >= 0])
        # Classes without a labelled row take no part.
        place = np.where(labels >= 0, np.searchsorted(classes, labels), -1)
        prior = guessed_shares(self.z, place, len(classes))
        found = spread(*self._graph, place, num_classes=len(classes), prior=prior)
        probability = np.zeros((len(labels), len(self.classes)))
        probability[:, classes] = found.probability
        label = np.where(found.label >= 0, classes[found.label], -1)
        return Spread(probability, label, found.uncertainty)

    @functools.cached_property
    def _graph(self):
        return neighbours(self.z, NEIGHBOURS)

    @functools.cached_property
    def _reached(self):
        return samplers.get("propagate").parents(self._codes)

    def _decoded(self, z, space):
        spaces, nobody = np.full(len(z), space), np.full(len(z), -1)
        replica = spaces if self.by_class else None
        nothing = np.full(len(z), "", object)
        return decode(self._vae, Draws(z, spaces, nobody, nobody, replica, nothing))

    def _nearest(self, z, x, space):
        """By the inputs, among the nearest codes: all inputs would take too long."""
        of_space = self.of_space(space)
        distance = ((self.z[of_space] - z) ** 2).sum(axis=1)
        few = min(SHORTLIST, len(of_space))
        near = of_space[np.argpartition(distance, few - 1)[:few]]
        difference = (self._x[near] - x).reshape(few, -1)
        return int(near[(difference**2).sum(axis=1).argmin()])

    def _as_rows(self, x):
        if x.ndim == 4:
            return np.clip(x, 0, 1)
        if self._table is not None:
            return self._table.inverse(x)
        return pd.DataFrame(x, columns=[f"input {i}" for i in range(x.shape[1])])


def _name(label):
    """Returns a class's name; 3.0, an integer beside labels that miss, is 3.

    Example:
        >>> _name(3.0), _name("3.0"), _name(True)
        ('3', '3.0', 'True')
    """
    whole = isinstance(label, float) and label.is_integer()
    return str(int(label)) if whole else str(label)
