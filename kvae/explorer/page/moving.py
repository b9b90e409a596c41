"""Moves: a click, a key, a slider or the number of a row, and what is decoded there."""

import time

import dash
import numpy as np
from dash import ALL, Input, Output, State

from kvae.explorer.labelling import with_painted
from kvae.explorer.latents import MOST_SLIDERS, between
from kvae.explorer.page.layout import legend
from kvae.explorer.page.map_figure import map_figure
from kvae.explorer.page.trouble import in_words
from kvae.explorer.page.views import pair, strip

STEPS = 9
DECIMALS = 4  # of codes that travel between page and server


class Moving:
    """The map, the sliders, what is decoded, and the strip.

    Args:
        atlas: Atlas.
    """

    def __init__(self, atlas):
        self.atlas, self.world = atlas, atlas.world
        self.sliders = [int(i) for i in atlas.latents[:MOST_SLIDERS]]

    def watch(self, app):
        """Makes a Dash app call these functions."""
        app.callback(
            Output("store-now", "data"),
            Output({"latent": ALL}, "value"),
            Output("other-value", "value"),
            Output("view", "children"),
            Output("here-text", "children"),
            Output("pin", "style"),
            Output("store-picked", "data"),
            Input("store-place", "data"),
            Input({"latent": ALL}, "value"),
            Input("other-value", "value"),
            Input("other", "data-value"),
            Input("row", "value"),
            Input({"doubtful": ALL}, "n_clicks"),
            Input("space", "data-value"),
            State("store-now", "data"),
        )(self.move)
        app.callback(
            Output("store-ends", "data"),
            Input("start", "n_clicks"),
            Input("end", "n_clicks"),
            Input("space", "data-value"),
            State("store-now", "data"),
            State("store-ends", "data"),
        )(self.choose_ends)
        app.callback(
            Output("strip", "children"),
            Output("strip-text", "children"),
            Output("pin-start", "style"),
            Output("pin-end", "style"),
            Input("store-ends", "data"),
        )(self.interpolate)
        app.callback(
            Output("map", "figure"),
            Output("legend", "children"),
            Output("where-text", "children"),
            Input("space", "data-value"),
            Input("store-painted", "data"),
            Input("store-spreading", "data"),
            Input("hidden", "data-value", allow_optional=True),
        )(self.draw_map)

    def move(self, place, values, other_value, other, row, doubtful, space, now):
        """Moves to where the last action leads; answers what is there."""
        action, space = dash.ctx.triggered_id, int(space or 0)
        by_slider = action == "other-value" or _index(action, "latent") is not None
        if by_slider:
            z, here = self._slid(action, values, other_value, other, now), -1
        elif _index(action, "doubtful") is not None:
            if not dash.ctx.triggered[0]["value"]:
                raise dash.exceptions.PreventUpdate  # the list is new, not clicked
            here = _index(action, "doubtful")
            z = self.world.z[here]
        else:
            z, here = self._target(action, place, row, space, now)
        look = in_words(self.world.look, z, space, here)
        # A slider under the user's hand is left alone.
        sliders = [dash.no_update] * len(self.sliders)
        rest = dash.no_update
        if not by_slider:
            sliders = [_rounded(z[i]) for i in self.sliders]
            rest = _rounded(z[int(other)]) if other else rest
        picked = dash.no_update
        if here >= 0 and action not in (None, "other", "space"):
            picked = {"row": here, "move": (now or {}).get("move", 0)}
        now = {"z": np.round(z, DECIMALS).tolist(), "row": here}
        now["move"] = time.monotonic()  # the same row again is another move
        pin = _pin(self.atlas.place_of(np.asarray(z), space))
        return now, sliders, rest, *self._seen(look, here), pin, picked

    def _slid(self, action, values, other_value, other, now):
        """Returns the code (d,) after a slider was moved."""
        z = np.array(now["z"])
        latent = _index(action, "latent")
        if latent is not None:
            z[latent] = values[self.sliders.index(latent)]
        elif other:
            z[int(other)] = other_value
        return z

    def _target(self, action, place, row, space, now):
        """Returns (code (d,), position of a row or -1) of any other action."""
        if now is None or action == "space":
            start = self.atlas.examples(space)[0]
            return self.world.z[start], start
        z = np.asarray(now["z"])
        if action == "row":
            of_space = self.world.of_space(space)
            found = of_space[self.world.row_id[of_space] == row]
            if len(found):
                return self.world.z[found[0]], int(found[0])
        if action == "store-place" and "way" in place:
            return self.atlas.pushed(z, place["way"], space), -1
        if action == "store-place" and "nearest" in place:
            found = self.atlas.nearest(z, space)
            return self.world.z[found], found
        if action == "store-place":
            at = place["x"], place["y"]
            return self.atlas.pick(at, space, exact=place["exact"])
        return z, now["row"]

    def _seen(self, look, row):
        """Returns (what is decoded, what is said of it)."""
        world, decoded = self.world, "decoded here"
        if isinstance(look, str):
            return look, ""
        if look.real is None:
            return pair(look.rows, None, [decoded]), ""
        name = f"row {world.row_id[look.position]}"
        what = "real" if row >= 0 else "the nearest"
        label = world.label[look.position]
        label = world.classes[label] if label >= 0 else "none"
        said = f"{name.capitalize()}; {world.target}: {label}."
        return pair(look.rows, look.real, [decoded, f"{name}, {what}"]), said

    def choose_ends(self, start, end, space, now, ends):
        """Returns the two codes that the strip lies between."""
        space = int(space or 0)
        if ends is None or dash.ctx.triggered_id in (None, "space"):
            codes = [self.world.z[row] for row in self.atlas.examples(space)]
            return {"space": space, "codes": [code.tolist() for code in codes]}
        changed = 0 if dash.ctx.triggered_id == "start" else 1
        codes = list(ends["codes"])
        codes[changed] = now["z"]
        return {"space": space, "codes": codes}

    def interpolate(self, ends):
        """Returns the strip between the two ends, and pins for them."""
        space, codes = ends["space"], np.asarray(ends["codes"], "float32")
        pins = [_pin(self.atlas.place_of(code, space)) for code in codes]
        rows = in_words(self.world.decode, between(*codes, STEPS), space)
        if isinstance(rows, str):
            return rows, "", *pins
        names = [f"{i / (STEPS - 1):.0%}" for i in range(STEPS)]
        names[0], names[-1] = "A", "B"
        distance = float(np.linalg.norm(codes[1] - codes[0]))
        text = (
            f"Decoded on the straight line from A to B, {distance:.2f} apart in latent "
            "space."
        )
        return strip(rows, names), text, *pins

    def draw_map(self, space, painted, spreading, hidden):
        """Returns the figure, its legend, and what it shows."""
        space, atlas, world = int(space or 0), self.atlas, self.world
        shown = atlas.shown[space]
        label = world.label[shown].copy()
        known = np.zeros(len(shown), bool)
        if not world.no_labels:
            labels = with_painted(world.label, painted or [], bool(hidden))
            label, known = labels[shown].copy(), labels[shown] >= 0
            if spreading:
                label[~known] = np.asarray(spreading["shown"])[~known]
            if known.all():
                known = np.zeros(len(shown), bool)
        names = [*world.classes, "no label"]
        texts = [
            f"{world.noun} {world.row_id[row]}: {names[c]}"
            for row, c in zip(shown, label, strict=True)
        ]
        figure = map_figure(atlas.places(space), label, world.classes, known, texts)
        values, counts = np.unique(label, return_counts=True)
        counted = dict(zip(values.tolist(), counts.tolist(), strict=True))
        said = f"The map shows {atlas.seen(space):.0%} of how the codes vary."
        if known.any():
            said += " Large marks: rows whose label is known."
        return figure, legend(world, counted), said


def _index(action, kind):
    """Returns the number in an id such as {"latent": 3}; None for any other id."""
    return action.get(kind) if isinstance(action, dict) else None


def _pin(place):
    x, y = place
    return {"left": f"{100 * x:.2f}%", "bottom": f"{100 * y:.2f}%"}


def _rounded(value):
    return round(float(value), DECIMALS)
