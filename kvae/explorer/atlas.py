"""The map of a world: which codes it shows, where, and what a place in it means."""

import numpy as np

from kvae import random
from kvae.explorer.latents import by_activity, reach
from kvae.explorer.world import MOST_ON_THE_MAP
from kvae.latent.projection import Projection, limits, nearest_place

NEAR = 0.02  # of the map's width: this near to a row, a click means the row
STEP = 0.02  # of the map's width: how far an arrow key goes


class Atlas:
    """Maps of a world's latent spaces, one for each class or one in all.

    Places are fractions of the map's width and height, from the lower left corner, so
    that whoever draws the map needs no scale.

    Args:
        world: World.
        most: int, codes that are shown of each space at most. Others are left out at
            random; the few with a label stay.

    Attributes:
        latents: int array (d,), the most active first.
        active: int, how many latents are active.
        reach: (low, high) of every latent's slider.
    """

    def __init__(self, world, most=MOST_ON_THE_MAP):
        self.world = world
        self.spaces = range(len(world.classes)) if world.by_class else range(1)
        self.shown, self._projections, self._limits, self._places = {}, {}, {}, {}
        for space in self.spaces:
            shown = world.of_space(space)
            if len(shown) > most:
                shown = _some(shown, world.label[shown] >= 0, most)
            projection = Projection(world.z[world.of_space(space)])
            places = projection.to_map(world.z[shown])
            self.shown[space], self._projections[space] = shown, projection
            low, high = np.array(limits(places)).T
            self._limits[space] = low, high - low
            self._places[space] = self._fractions(places, space)
        self.latents, self.active = by_activity(world.z)
        self.reach = reach(world.z)

    def places(self, space):
        """Returns where the shown codes are, (n, 2), from 0 to 1."""
        return self._places[space]

    def seen(self, space):
        """Returns the share of the codes' variance that the map shows."""
        return self._projections[space].seen

    def place_of(self, z, space):
        """Returns where a code (d,) is, (x, y); outside of the map at its edge."""
        place = self._fractions(self._projections[space].to_map(z[None]), space)[0]
        return tuple(np.clip(place, 0, 1).tolist())

    def pick(self, place, space, exact=False):
        """Returns what a click means: (code (d,), position of its row or -1).

        Args:
            place: (x, y), fractions.
            space: int.
            exact: bool, whether the place itself is meant, however near a row is.
        """
        row = -1
        if not exact:
            row = nearest_place(self._places[space], place, (NEAR, NEAR))
        if row >= 0:
            row = int(self.shown[space][row])
            return self.world.z[row], row
        low, size = self._limits[space]
        return self._projections[space].to_latent(low + size * np.asarray(place)), -1

    def pushed(self, z, way, space):
        """Returns a code (d,) pushed along the map, the rest of it as it was.

        Args:
            z: float array (d,).
            way: (x, y), steps to the right and upwards.
            space: int.
        """
        projection, (_, size) = self._projections[space], self._limits[space]
        return z + (STEP * size * np.asarray(way)) @ projection.axes

    def nearest(self, z, space):
        """Returns the position of the shown row that is nearest in the map."""
        place = self.place_of(z, space)
        far = nearest_place(self._places[space], place, (2.0, 2.0))
        return int(self.shown[space][far])

    def examples(self, space):
        """Returns the positions of two rows to begin with, of two classes if it can."""
        shown = self.shown[space]
        label = self.world.label[shown]
        others = np.flatnonzero((label != label[0]) & (label >= 0))
        second = others[0] if len(others) else len(shown) - 1
        return int(shown[0]), int(shown[second])

    def _fractions(self, places, space):
        low, size = self._limits[space]
        return (places - low) / size


def _some(positions, first, most):
    """Returns some positions at random; of the first ones as many as half of them."""
    stream = random.generator(0, "map")
    first, others = positions[first], positions[~first]
    kept = stream.permutation(first)[: max(most // 2, most - len(others))]
    kept = np.append(kept, stream.permutation(others)[: most - len(kept)])
    return np.sort(kept)
