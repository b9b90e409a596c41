"""Labels: painted with clicks, spread over the map, saved; doubtful rows come next."""

import functools
import threading

import dash
import numpy as np
import pandas as pd
from dash import Input, Output, State, dcc, html

from kvae.explorer.labelling import label_table, margins, next_rows, with_painted
from kvae.explorer.page.layout import LOOK_ONLY
from kvae.explorer.page.trouble import in_words
from kvae.explorer.page.views import SMALL
from kvae.explorer.pictures import to_uri

DOUBTFUL = 8
AT_ONCE = 5_000  # rows over which labels spread anew after each one that is painted


class Painting:
    """The section of labels.

    Args:
        atlas: Atlas of a world whose labels can be painted.
    """

    def __init__(self, atlas):
        self.atlas, self.world = atlas, atlas.world
        lock = threading.Lock()

        @functools.lru_cache(2)
        def spread(labels):
            with lock:
                return self.world.spread(np.frombuffer(labels, "int64"))

        self._spread = spread

    def watch(self, app):
        """Makes a Dash app call these functions."""
        app.callback(
            Output("store-painted", "data"),
            Input("store-picked", "data"),
            Input("undo", "n_clicks"),
            State("brush", "data-value"),
            State("store-painted", "data"),
            prevent_initial_call=True,
        )(self.paint)
        app.callback(
            Output("store-spreading", "data"),
            Output("spread-text", "children"),
            Output("doubtful", "children"),
            Input("spread", "n_clicks"),
            Input("store-painted", "data"),
            Input("hidden", "data-value"),
            State("store-spreading", "data"),
        )(self.spread)
        app.callback(
            Output("file-labels", "data"),
            Input("save-labels", "n_clicks"),
            State("store-painted", "data"),
            State("hidden", "data-value"),
            State("store-spreading", "data"),
            prevent_initial_call=True,
        )(self.save)

    def paint(self, picked, undo, brush, painted):
        """Returns the painted labels, [row, class] each, in their order."""
        painted = painted or []
        if dash.ctx.triggered_id == "undo":
            return painted[:-1]
        if picked is None or int(brush) == LOOK_ONLY:
            raise dash.exceptions.PreventUpdate
        stroke = [int(picked["row"]), int(brush)]
        if painted and painted[-1] == stroke:
            raise dash.exceptions.PreventUpdate
        return [*painted, stroke]

    def spread(self, clicks, painted, hidden, before):
        """Returns spread labels of the shown rows, what is said, and doubtful rows."""
        world = self.world
        labels = with_painted(world.label, painted or [], bool(hidden))
        known = int((labels >= 0).sum())
        said = f"{known:,} of {len(labels):,} rows have a label"
        said += f", {len(painted)} of them painted." if painted else "."
        by_hand = dash.ctx.triggered_id == "spread"
        again = before is not None and len(labels) <= AT_ONCE
        if known == 0 or not (by_hand or again):
            hint = " Paint one row of each class at least." if not known else ""
            return None, said + hint, []
        found = in_words(self._spread, labels.tobytes())
        if isinstance(found, str):
            return None, found, []
        open_rows = labels < 0
        said += self._agreement(found, open_rows)
        rows = next_rows(found, labels, DOUBTFUL)
        shown = found.label[self.atlas.shown[0]].tolist()
        return {"shown": shown}, said, [self._doubt(found, row) for row in rows]

    def _agreement(self, found, open_rows):
        """Says how doubtful the labels are, and how many given ones they meet."""
        if not open_rows.any():
            return " All rows have one: there is nothing to spread."
        sure = np.median(margins(found.probability[open_rows]))
        said = f" Labels have spread; their median margin is {sure:.2f}."
        lost = int((found.label[open_rows] < 0).sum())
        if lost:
            said += f" None reached {lost:,} rows."
        hidden = open_rows & (self.world.label >= 0)
        if hidden.any():
            right = (found.label == self.world.label)[hidden].mean()
            said += f" Of {hidden.sum():,} given labels put aside, {right:.1%} are met."
        return said

    def _doubt(self, found, row):
        """Returns a button that goes to a doubtful row."""
        names, order = self.world.classes, np.argsort(-found.probability[row])[:2]
        first, second = [*order.tolist(), *order.tolist()][:2]
        text = f"{names[first]} or {names[second]}?"
        if found.label[row] < 0:
            text = "no label came"
        said = [html.Span(f"row {self.world.row_id[row]}"), html.Span(text)]
        if self.world.is_image:
            picture = to_uri(self.world.rows([int(row)])[0], SMALL)
            said.insert(0, html.Img(src=picture, alt=""))
        return html.Button(said, id={"doubtful": int(row)}, className="doubt")

    def save(self, clicks, painted, hidden, spreading):
        """Returns every row's label as a CSV file; a table's columns come with it."""
        world = self.world
        labels = with_painted(world.label, painted or [], bool(hidden))
        found = None if spreading is None else self._spread(labels.tobytes())
        given = np.full_like(labels, -1) if hidden else world.label
        table = label_table(found, labels, given=given, classes=world.classes)
        table.insert(0, "row", world.row_id)
        table = table.add_prefix("kvae_")
        table = table.rename(columns={"kvae_label": world.target})
        if not world.is_image:
            rows = world.rows(np.arange(len(labels))).reset_index(drop=True)
            table = pd.concat([rows, table], axis=1)
        return dcc.send_string(table.to_csv(index=False), "labels.csv")
