"""What stands on the page; ids are the words that callbacks know it by."""

from dash import dcc, html

from kvae.explorer.latents import MOST_SLIDERS
from kvae.explorer.page.map_figure import mark

LOOK_ONLY = -2


def page(atlas):
    """Returns the whole page of an Atlas."""
    world = atlas.world
    left = html.Div([_map(atlas), _here(atlas), _strip()], className="looking")
    right = html.Div([_draws(world), _labels(world)], className="doing")
    parts = html.Div([left, right], className="sections")
    return html.Main([_header(atlas), parts, _memory()])


def _header(atlas):
    world = atlas.world
    dots = "one of your rows" if world.is_real else "a draw from the prior"
    lead = (
        f"Each mark is {dots}, where the model puts it: click anywhere in the map, or "
        "move a slider, to see the row that the model decodes there."
    )
    notes = [f"{note}." for note in world.notes]
    shown = sum(len(of_space) for of_space in atlas.shown.values())
    if shown < len(world.z):
        notes.append(
            f"The map shows {shown:,} of {len(world.z):,} rows: those with a label "
            "first, others at random. Labels spread over all of them."
        )
    if world.is_real:
        notes.append("Rows count from 0.")
    return html.Header(
        [
            html.H1(f"kvae explorer: {world.name}"),
            html.P(lead, className="lead"),
            html.P(" ".join(notes), className="notes") if notes else None,
        ]
    )


def _map(atlas):
    world = atlas.world
    classes = dict(enumerate(world.classes)) if world.by_class else {0: ""}
    space = menu("space", "Class, with a latent space of its own", classes)
    frame = html.Div(
        [
            dcc.Graph(
                id="map",
                responsive=True,
                config={"displayModeBar": False, "staticPlot": False},
            ),
            *(
                html.Div(letter, id=name, className=f"pin {name}")
                for name, letter in (("pin", ""), ("pin-start", "A"), ("pin-end", "B"))
            ),
        ],
        id="frame",
        tabIndex=0,
        role="application",
        **{
            "aria-label": "Map. Arrow keys move the point, Enter goes to the nearest "
            "row."
        },
    )
    return _section(
        "where",
        "Map",
        html.Div(space, hidden=not world.by_class),
        frame,
        html.P(id="legend", className="legend"),
        html.P(id="where-text", className="notes"),
    )


def _here(atlas):
    world = atlas.world
    first, rest = atlas.latents[:MOST_SLIDERS], atlas.latents[MOST_SLIDERS:]
    sliders = [_slider({"latent": int(i)}, f"z{i}", atlas.reach) for i in first]
    other = html.Div(
        [
            menu("other", "Another latent", {int(i): f"z{i}" for i in rest}),
            _slider("other-value", "its value", atlas.reach),
        ],
        hidden=not len(rest),
    )
    many = ""  # in draws from the prior every latent varies
    if world.is_real:
        many = (
            f"{atlas.active} of {len(atlas.latents)} latents are active; the most "
            "active come first."
        )
    return _section(
        "here",
        "Here",
        html.Div(id="view", className="view", **{"aria-live": "polite"}),
        html.P(id="here-text", className="notes"),
        html.Div(sliders, className="sliders"),
        other,
        html.P(many, className="notes"),
        html.Div(
            [
                html.Label(
                    [
                        f"{world.noun.capitalize()} ",
                        dcc.Input(
                            id="row",
                            type="number",
                            min=0,
                            max=int(world.row_id.max()),
                            step=1,
                            debounce=True,
                        ),
                    ]
                ),
                html.Button("This is A", id="start"),
                html.Button("This is B", id="end"),
            ],
            className="tools",
        ),
    )


def _strip():
    return _section(
        "between",
        "From A to B",
        html.Div(id="strip"),
        html.P(id="strip-text", className="notes"),
    )


def _draws(world):
    numbers = [
        html.Label([text, dcc.Input(id=name, type="number", **limits)])
        for name, text, limits in (
            ("alpha", "α ", {"min": 0, "step": "any"}),
            ("count", "Rows ", {"min": 1, "max": 1000, "step": 1, "value": 20}),
            ("seed", "Seed ", {"min": 0, "step": 1, "value": 0}),
        )
    ]
    samplers = {name: name for name in world.samplers}
    classes = menu("draw-class", "Class", dict(enumerate(world.classes)) or {0: ""})
    buttons = [
        html.Button("Draw", id="draw", className="first"),
        html.Button("Save as CSV", id="save-draws"),
    ]
    if world.is_image:
        buttons.append(html.Button("Save as PNG", id="save-sheet"))
    return _section(
        "draws",
        "Draws",
        html.Div(
            [
                menu("sampler", "Sampler", samplers),
                html.Div(classes, hidden=not world.classes),
                *numbers,
            ],
            className="tools",
        ),
        html.Div(buttons, className="tools"),
        html.P(id="draw-text", className="notes", role="status"),
        dcc.Loading(html.Div(id="gallery"), delay_show=300),
    )


def _labels(world):
    if world.no_labels:
        return _section("labels", "Labels", html.P(world.no_labels))
    brush = {LOOK_ONLY: "as it is: look only"} | dict(enumerate(world.classes))
    brush[-1] = "none: take it away"
    return _section(
        "labels",
        "Labels",
        html.P(
            "Choose a class, then click rows of it, in the map or below. Spread the "
            "labels, and look at the doubtful rows next.",
            className="notes",
        ),
        menu("brush", "A click on a row gives it the label", brush),
        html.Div(
            [
                switch("hidden", "Put the given labels aside"),
                html.Button("Undo", id="undo"),
                html.Button("Spread", id="spread", className="first"),
                html.Button("Save as CSV", id="save-labels"),
            ],
            className="tools",
        ),
        dcc.Loading(
            html.P(id="spread-text", className="notes", role="status"), delay_show=300
        ),
        html.Div(id="doubtful", className="strip"),
    )


def _memory():
    """What the page remembers; the server remembers nothing of a visitor."""
    stores = ("place", "now", "picked", "ends", "painted", "spreading", "asked")
    return html.Div(
        [
            *(dcc.Store(id=f"store-{name}") for name in stores),
            *(dcc.Download(id=f"file-{name}") for name in ("draws", "sheet", "labels")),
        ]
    )


def legend(world, counts):
    """Returns a mark and a name for each class that is seen, and how many rows.

    Args:
        world: World.
        counts: dict {class index or -1: rows}.
    """
    parts = []
    for label, count in counts.items():
        color, _, letter = mark(label)
        name = world.classes[label] if label >= 0 else "no label"
        parts.append(
            html.Span([html.Span(letter, style={"color": color}), f" {name} ({count})"])
        )
    return parts


def menu(name, text, options, value=None):
    """Returns a labelled menu of the browser's own, whose `data-value` is the choice.

    Dash's menus and buttons are not announced rightly by a screen reader (4.4).

    Args:
        name: str, the id.
        text: str, the label.
        options: dict {value: text}.
        value: the one that is chosen at first; by default the first.
    """
    value = next(iter(options), "") if value is None else value
    made = [
        html.Option(shown, value=str(key), selected=key == value)
        for key, shown in options.items()
    ]
    select = html.Select(made, id=name, **{"data-value": str(value)})
    return html.Label([html.Span(text), select], className="menu")


def switch(name, text):
    """Returns a button that stays pressed; its `data-value` is "on" or ""."""
    return html.Button(
        text, id=name, className="switch", **{"data-value": "", "aria-pressed": "false"}
    )


def _slider(name, text, reach):
    low, high = reach
    return html.Label(
        [
            html.Span(text),
            dcc.Input(id=name, type="range", min=low, max=high, step=0.05, value=0.0),
        ],
        className="slider",
    )


def _section(name, title, *parts):
    heading = html.H2(title, id=f"{name}-title")
    return html.Section(
        [heading, *parts], className=name, **{"aria-labelledby": f"{name}-title"}
    )
