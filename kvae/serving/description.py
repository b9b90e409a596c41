"""What an exported model is, for those who find the folder: a JSON file beside it."""

import json
import platform
from importlib import metadata
from pathlib import Path

FOLDER = "assets.extra"  # TF Serving leaves it alone
FILE = "description.json"
REQUESTS = "requests.jsonl"
_PACKAGES = ("kvae", "keras", "tensorflow", "numpy")
# What a caller may say about a model; everything else is read off it.
ABOUT = ("data", "licence", "name", "revision", "scores", "settings", "text")

# What a served model itself answers, to those who cannot look into its folder.
DESCRIBED = (
    "name",
    "kind",
    "revision",
    "data",
    "class_names",
    "target",
    "attributes",
    "generates",
)


def describe(model, attributes, generates, about, target="label"):
    """Returns the description of an export as a dict for JSON, but its signatures.

    Args:
        model: ServedModel.
        attributes: list of dicts, one for each column of a table, or None.
        generates: dict of what it generates, or None.
        about: dict with some of the keys of `ABOUT`.
        target: str, what class names are called in answers.
    """
    vae, reference = model.vae, model.reference
    return {
        **{key: about.get(key) for key in ABOUT},
        "kind": type(vae).__name__,
        "element_shape": list(model.element_shape),
        "latent_dim": model.latent_dim,
        "reconstruction": vae.reconstruction,
        "beta": vae.beta,
        "class_names": model.class_names and list(model.class_names),
        "target": target,
        "attributes": attributes,
        "generates": generates,
        "codes_of_real_rows": 0 if reference is None else reference.rows,
        "privacy": _privacy(reference),
        "generative_classifier": model.judge_model is not None,
        "versions": {name: _version(name) for name in _PACKAGES},
        "python": platform.python_version(),
    }


def describe_signatures(signatures):
    """Returns {name: what it does, its inputs} of a list of Signature, for JSON."""
    return {signature.name: _signature(signature) for signature in signatures}


def read_description(path):
    """Returns the description of an exported model as a dict.

    Args:
        path: folder of one version.

    Raises:
        FileNotFoundError: where there is none.
    """
    file = Path(path) / FOLDER / FILE
    if not file.is_file():
        raise FileNotFoundError(
            f"{path} holds no {FOLDER}/{FILE}. Export the model with "
            "kvae.serving.export."
        )
    return json.loads(file.read_text())


def _privacy(reference):
    if reference is None:
        return (
            "No row of the training data and no code of one is in this model, except "
            "as far as its weights remember them."
        )
    return (
        f"The latent codes of {reference.rows} real rows are in this model. Decoded, "
        "each gives about the row it came from: treat the model like those rows."
    )


def _signature(signature):
    return {
        "about": signature.summary,
        "batchable": signature.batchable,
        "inputs": {
            name: [spec.dtype.name, list(spec.shape)]
            for name, spec in signature.inputs.items()
        },
    }


def _version(package):
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
