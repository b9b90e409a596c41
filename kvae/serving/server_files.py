"""The files a TF Serving server reads besides the models themselves."""

import json
import os
from pathlib import Path

from kvae.serving.pusher import versions

# Inside of the server's container; tools/serve.sh binds the folder of models there.
INSIDE = "/models"

BATCHING = """\
# Requests that arrive together are answered together. Every input must have a row for
# each row of the answer: ask decode, encode and the signatures ..._batch then.
max_batch_size { value: 256 }
batch_timeout_micros { value: 1000 }
max_enqueued_batches { value: 1000 }
num_batch_threads { value: 2 }
"""
MONITORING = """\
prometheus_config {
  enable: true
  path: "/monitoring/prometheus/metrics"
}
"""


def models_config(names, inside=INSIDE):
    """Returns the text of a models.config that serves the newest version of models.

    Args:
        names: strings, the models.
        inside: str, the folder of models as the server sees it.

    Example:
        >>> print(models_config(["digits"]))
        model_config_list {
          config {
            name: "digits"
            base_path: "/models/digits"
            model_platform: "tensorflow"
          }
        }
    """
    entries = [
        "  config {\n"
        f"    name: {_quoted(name)}\n"
        f"    base_path: {_quoted(f'{inside}/{name}')}\n"
        '    model_platform: "tensorflow"\n'
        "  }\n"
        for name in names
    ]
    return "model_config_list {\n" + "".join(entries) + "}\n"


def _quoted(text):
    """Returns a string of protobuf's text format, whose escapes are those of JSON."""
    return json.dumps(text, ensure_ascii=False)


def write_server_files(base):
    """Writes models.config for every model below a folder, and what it lacks besides.

    `batching_parameters.txt` and `monitoring.config` are left as they are, if there.

    Args:
        base: folder of `<name>/<version>`.

    Returns:
        The names of the models, sorted.
    """
    base = Path(base)
    names = sorted(
        path.name
        for path in base.iterdir()
        if path.is_dir() and not path.name.startswith(".") and versions(base, path.name)
    )
    _replace(base / "models.config", models_config(names))
    for name, text in (
        ("batching_parameters.txt", BATCHING),
        ("monitoring.config", MONITORING),
    ):
        if not (base / name).exists():
            _replace(base / name, text)
    return names


def _replace(path, text):
    """A server that polls the file must not read half of it."""
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    aside.write_text(text)
    os.replace(aside, path)
