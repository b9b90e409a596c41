"""`kvae explore MODEL`: a local page to look around in a model."""

import sys

import tyro

from kvae import quiet

Positional = tyro.conf.Positional


def explore(
    model: Positional[str],
    /,
    host: str = "127.0.0.1",
    port: int = 8050,
    browser: bool = True,
    classes: tuple[str, ...] = (),
):
    """Opens a page of a model: its latent map, draws, and labels to paint.

    Click in the map or move sliders, and see the row that is decoded there; lay a strip
    between two examples; draw rows, and see which are accepted; label a few rows,
    spread the labels, and look at the doubtful ones. Ctrl-C ends it. Needs the extra
    `explore`.

    Args:
        model: the folder that `kvae augment` wrote; the folder of a SavedModel; or
            the address of a model on a server, such as http://localhost:8501/digits.
            An older model.joblib runs whatever code it holds: open only files that you
            trust.
        host: the address to listen on. By default none but this machine can reach the
            page; of any other address the page asks for the token that is printed.
        port: the port; 0 takes a free one.
        browser: open the page in the browser.
        classes: names of the classes, in their order, where a server asks for a class
            and does not tell their names.
    """
    # What is wrong is said before TensorFlow is imported, which takes seconds.
    from kvae.explorer import page  # noqa: F401
    from kvae.explorer.places import PICKLE, find
    from kvae.explorer.server import Server, listen

    if find(model).is_pickle:
        _say(f"Note: {PICKLE.format(model)}.")
    with listen(host, port) as listening:
        quiet.start_tensorflow()
        from kvae.explorer.sources import open_world

        server = Server(open_world(model, classes), listening, host)
    _say(f"Explore {model} at {server.url} (Ctrl-C ends it).")
    server.run(browser)


def _say(line):
    sys.stderr.write(line + "\n")
    sys.stderr.flush()
