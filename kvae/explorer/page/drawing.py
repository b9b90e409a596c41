"""Draws: a sampler, a class, how many; what the judge accepts; files of them."""

import functools
import threading

import dash
from dash import Input, Output, State, dcc

from kvae.explorer.page.trouble import in_words
from kvae.explorer.page.views import MOST_ROWS, gallery
from kvae.explorer.pictures import sheet

KEPT = 4  # draws that need not be drawn again to be saved


class Drawing:
    """The section of draws.

    Args:
        world: World.
    """

    def __init__(self, world):
        self.world, lock = world, threading.Lock()

        @functools.lru_cache(KEPT)
        def draw(*asked):
            with lock:
                return world.draw(*asked)

        self._draw = draw

    def watch(self, app):
        """Makes a Dash app call these functions."""
        app.callback(
            Output("alpha", "value"),
            Output("alpha", "disabled"),
            Input("sampler", "data-value"),
        )(self.offer_alpha)
        app.callback(
            Output("gallery", "children"),
            Output("draw-text", "children"),
            Output("store-asked", "data"),
            Input("draw", "n_clicks"),
            State("sampler", "data-value"),
            State("alpha", "value"),
            State("count", "value"),
            State("seed", "value"),
            State("draw-class", "data-value"),
            prevent_initial_call=True,
        )(self.draw)
        app.callback(
            Output("file-draws", "data"),
            Input("save-draws", "n_clicks"),
            State("store-asked", "data"),
            prevent_initial_call=True,
        )(self.save_table)
        if self.world.is_image:
            app.callback(
                Output("file-sheet", "data"),
                Input("save-sheet", "n_clicks"),
                State("store-asked", "data"),
                prevent_initial_call=True,
            )(self.save_sheet)

    def offer_alpha(self, sampler):
        """Returns a sampler's own alpha, and whether it takes none."""
        limits = self.world.samplers[sampler]
        return (None, True) if limits is None else (limits[1], False)

    def draw(self, clicks, sampler, alpha, count, seed, label):
        """Returns the drawn rows, what is said of them, and what was asked for."""
        if count is None or seed is None:
            return "", "Rows expects 1 to 1,000, seed a whole number.", None
        takes_alpha = self.world.samplers[sampler] is not None
        if takes_alpha and alpha is None:
            return "", "α expects a number of at least 0.", None
        alpha = float(alpha) if takes_alpha else None
        asked = [sampler, alpha, int(count), int(seed), int(label or 0)]
        drawn = in_words(self._draw, *asked)
        if isinstance(drawn, str):
            return "", drawn, None
        return gallery(drawn, self.world.target), self._say(drawn, sampler), asked

    def _say(self, drawn, sampler):
        said = f"{len(drawn)} rows by {sampler}"
        if drawn.accepted is None:
            said += ". This model has no generative classifier that accepts or refuses."
        else:
            kept = int(drawn.accepted.sum())
            said += (
                f": the generative classifier accepts {kept}, "
                f"{kept / max(len(drawn), 1):.0%}; refused ones are faint."
            )
        if sampler == "normal" and self.world.classes and not self.world.by_class:
            said += " The prior knows no class: the class is not asked for."
        if len(drawn) > MOST_ROWS:
            said += f" The first {MOST_ROWS} are shown; files have all."
        return said

    def save_table(self, clicks, asked):
        """Returns the drawn rows as a CSV file."""
        table = self._draw(*self._asked(asked)).table(self.world.target)
        return dcc.send_string(table.to_csv(index=False), "draws.csv")

    def save_sheet(self, clicks, asked):
        """Returns the drawn images as one PNG."""
        rows = self._draw(*self._asked(asked)).rows
        return dcc.send_bytes(sheet(rows), "draws.png")

    @staticmethod
    def _asked(asked):
        if asked is None:
            raise dash.exceptions.PreventUpdate
        return asked
