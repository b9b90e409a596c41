"""The file that a search writes, and that recipes and the command line read."""

import dataclasses
import json
import os
from pathlib import Path

from kvae.augmentation.methods import Method
from kvae.training.vaes import VAESettings

_HOW = "Write one by: python -m recipes.search"


@dataclasses.dataclass(frozen=True)
class Searched:
    """What a search has found.

    Args:
        vae: VAESettings.
        method: Method; None where only the VAE was searched.
        about: dict, where it comes from: data, objective, scores, command.
    """

    vae: VAESettings
    method: Method | None = None
    about: dict = dataclasses.field(default_factory=dict)

    def write(self, path):
        """Writes the file; one that is there is replaced at once, or not at all."""
        path = Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        record = {
            "vae": dataclasses.asdict(self.vae),
            "method": None if self.method is None else _changed(self.method),
            "about": self.about,
        }
        part = path.with_name(f".{path.name}.part")
        part.write_text(json.dumps(record, indent=2, default=float) + "\n")
        os.replace(part, path)

    def sampler_arguments(self):
        """Returns the arguments of VAEOverSampler that mean the same.

        How many rows are made is left to its `sampling_strategy`.

        Example:
            >>> vae = VAESettings(2, 1.0, (8,), "mixed", batch_size=32, steps=100)
            >>> Searched(vae, Method("n", "noise", "multi")).sampler_arguments()["vae"]
            'multi'
        """
        if self.method is None:
            return {"settings": self.vae}
        told = self.method.vae == "conditional"
        return {
            "method": self.method.make_sampler(),
            "vae": "single" if told else self.method.vae,
            "conditional": told,
            "refine": self.method.refine,
            "generative_classifier": self.method.generative_classifier,
            "settings": self.vae,
        }


def read_searched(path):
    """Returns the Searched that a file holds.

    Args:
        path: of a settings file.

    Raises:
        FileNotFoundError: where there is none.
        ValueError: where it is damaged, or something else; the message names what.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"There is no settings file {str(path)!r}. {_HOW}")
    try:
        record = json.loads(path.read_text())
        method = record["method"]
        vae = {
            k: tuple(v) if isinstance(v, list) else v for k, v in record["vae"].items()
        }
        return Searched(
            VAESettings(**vae),
            None if method is None else Method(**method),
            dict(record.get("about") or {}),
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ValueError(
            f"A settings file expects what `recipes.search` writes. Received: "
            f"{str(path)!r}, which is damaged or something else ({error!r}). {_HOW}"
        ) from error


def _changed(method):
    """Returns the fields of a Method that are not at their defaults."""
    fields = dataclasses.asdict(method)
    plain = dataclasses.asdict(Method(method.name))
    return {k: v for k, v in fields.items() if k == "name" or v != plain[k]}
