"""The Dash app of a world."""

from pathlib import Path

import dash

from kvae.explorer.atlas import Atlas
from kvae.explorer.page.drawing import Drawing
from kvae.explorer.page.layout import page
from kvae.explorer.page.moving import Moving
from kvae.explorer.page.painting import Painting

INDEX = """<!DOCTYPE html>
<html lang="en">
<head>
{%metas%}
<meta name="color-scheme" content="light dark">
<title>{%title%}</title>
{%favicon%}
{%css%}
</head>
<body>
{%app_entry%}
<footer>{%config%}{%scripts%}{%renderer%}</footer>
</body>
</html>
"""


def make_app(world):
    """Returns the Dash app of a World; everything it loads is its own.

    Args:
        world: World.
    """
    app = dash.Dash(
        __name__,
        title="kvae explorer",
        update_title=None,
        assets_folder=str(Path(__file__).with_name("assets")),
        serve_locally=True,
        add_log_handler=False,
        enable_mcp=False,
        index_string=INDEX,
        suppress_callback_exceptions=True,  # doubtful rows come and go
        meta_tags=[{"name": "viewport", "content": "width=device-width"}],
    )
    atlas = Atlas(world)
    app.layout = page(atlas)
    Moving(atlas).watch(app)
    Drawing(world).watch(app)
    if not world.no_labels:
        Painting(atlas).watch(app)
    return app
