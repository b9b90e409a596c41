"""Which model is meant: a folder, a file or a server, before anything is opened."""

import dataclasses
import re
from pathlib import Path

FITTED, GRAPH, SERVER = "fitted", "graph", "server"
GRAPH_FILE = "saved_model.pb"
PICKLE = (
    "{} is a file of pickle: to open it runs whatever code it holds. Open only files "
    "that you trust; a folder that kvae augment writes, or a SavedModel, runs none of "
    "its own"
)


@dataclasses.dataclass(frozen=True)
class Place:
    """Where a model is.

    Args:
        kind: FITTED (what `VAEOverSampler.save` wrote), GRAPH (a SavedModel) or SERVER.
        where: Path of the file or folder; of a server its url.
        name: str, what the model is called.
        is_pickle: bool, whether opening it runs whatever code it holds.
    """

    kind: str
    where: Path | str
    name: str
    is_pickle: bool = False

    def absolute(self):
        """Returns the same place for a process with another working directory."""
        if self.kind == SERVER:
            return self
        return dataclasses.replace(self, where=self.where.absolute())


def find(model):
    """Finds the model that a path or an address means.

    Args:
        model: str or path: what `VAEOverSampler.save` wrote, or the folder in which
            `kvae augment` did; the folder of a SavedModel, or of its numbered
            versions, of which the highest is taken; or http://host:8501/NAME.

    Returns:
        Place.

    Raises:
        FileNotFoundError: where there is no such file or folder.
        ValueError: for another address than one by REST.

    Example:
        >>> find("http://localhost:8501/digits").name
        'digits'
    """
    if "://" in str(model):
        found = re.fullmatch(r"(https?://[^/]+)/(?:v1/models/)?([^/:]+)/?", str(model))
        if found is None:
            raise ValueError(
                "kvae explore expects the address of a model by REST, such as "
                f"http://localhost:8501/digits. Received: {str(model)!r}."
            )
        return Place(SERVER, found[1], found[2])
    path = Path(model)
    if not path.exists():
        raise FileNotFoundError(f"There is no file or folder {str(model)!r}.")
    path = _inside(path)
    kind = GRAPH if (path / GRAPH_FILE).is_file() else FITTED
    return Place(kind, path, _name(path), is_pickle=_is_pickle(path))


def _inside(path):
    """Returns the model in a folder that holds one, else the path itself."""
    if path.is_file() or (path / GRAPH_FILE).is_file():
        return path
    versions = [
        version
        for version in path.iterdir()
        if version.name.isdigit() and (version / GRAPH_FILE).is_file()
    ]
    if versions:
        return max(versions, key=lambda version: int(version.name))
    for inside in (path / "model", path / "model.joblib"):
        if inside.exists():
            return inside
    return path


def _is_pickle(path):
    """Returns whether a file begins as a pickle does, or one that joblib compressed."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(1) in (b"\x80", b"x")


def _name(path):
    """Returns the part of a path that tells models apart: `people` of out/people/model.

    Example:
        >>> _name(Path("models/people/1"))
        'people'
    """
    path = path.absolute()
    told = path.stem != "model" and not path.name.isdigit()
    return path.stem if told else path.parent.name
