"""The world of an exported model, in a folder or on a server: asked by its signatures.

There are no rows in it: the map shows draws from the prior.
"""

import dataclasses
from collections.abc import Callable

import numpy as np
import pandas as pd

from kvae import random
from kvae.explorer.world import Drawn, Look, World

DRAWS = 600  # on the map
AROUND = ("interpolate", "noise", "posterior")
VERDICT = ("score", "accepted")


@dataclasses.dataclass(frozen=True)
class Served:
    """What there is to ask.

    Args:
        ask: (signature, dict of arrays) -> dict of arrays.
        signatures: dict {signature: names of its inputs}.
        latent_dim: int.
        classes: tuple of str; empty where the model knows none.
    """

    ask: Callable
    signatures: dict
    latent_dim: int
    classes: tuple = ()


class ServedWorld(World):
    """An exported model to explore.

    Args:
        served: Served.
        name: str.
        notes: tuple of str, what has to be said.

    Raises:
        ValueError: for a model without `decode`, or with classes that are not known.
    """

    no_labels = (
        "There are no rows to label: an exported model has none. Open what kvae "
        "augment wrote instead."
    )

    def __init__(self, served, name, notes=()):
        self.name, self.notes, self._served = name, tuple(notes), served
        if "decode" not in served.signatures:
            raise ValueError(
                "kvae explore expects a model with the signature decode, as kvae.export"
                f" writes it. Received: {name} with {', '.join(served.signatures)}."
            )
        self.by_class = "class" in served.signatures["decode"]
        if self.by_class and not served.classes:
            raise ValueError(
                f"kvae explore expects the names of the classes of {name}, which "
                "servers do not tell. Add --classes NAME NAME ..., in their order."
            )
        self.classes = served.classes
        self.has_judge = "classify" in served.signatures
        spaces = range(len(self.classes)) if self.by_class else [-1]
        each = -(-DRAWS // len(spaces))
        self.z = np.concatenate([self._prior(each, 1.0, space) for space in spaces])
        self.label = np.repeat(list(spaces), each)
        self.row_id = np.arange(len(self.z))
        answer = self._decoded(self.z[:1], spaces[0])
        self._columns, self.is_image = tuple(answer), _rows_of(answer).ndim == 4
        if self.has_judge and not self.by_class:
            self._name_points()
        self.samplers = {"normal": (0.0, 1.0)}
        if "sample" in served.signatures:
            self.samplers["sample"] = None
        around = served.signatures.get("augment_class", ())
        if "posterior" in around:
            self.samplers["posterior"] = (0.0, 1.0)
        if "noise" in around:
            self.samplers["noise"] = (0.0, 0.25)
        if "interpolate" in around:
            self.samplers |= {"interpolate": (0.0, 0.5), "extrapolate": (0.0, 0.5)}

    def look(self, z, space, beside=-1):
        """Returns the Look at a code (d,); there are no real rows."""
        return Look(self.decode(np.asarray(z)[None], space))

    def decode(self, z, space):
        """Returns the mean rows at codes (M, d)."""
        return _rows_of(self._decoded(z, space))

    def rows(self, positions):
        """Returns what draws of the map decode to, of one class where each has one."""
        return self.decode(self.z[positions], self.label[positions][0])

    def draw(self, sampler, alpha, n, seed, label):
        """Returns Drawn; all but `normal` are the server's own draws."""
        signatures, given = self._served.signatures, ""
        if sampler == "normal":
            answer = self._decoded(self._prior(n, alpha, seed), label)
            if self.by_class:
                given = self.classes[label]
            return self._drawn(answer, sampler, alpha, given)
        name = "sample" if sampler == "sample" else "augment_class"
        inputs = {"n": n, "seed": seed}
        if "class" in signatures[name]:
            inputs["class"] = given = self.classes[label]
        if name == "augment_class":
            inputs |= dict.fromkeys(set(signatures[name]) - set(inputs), 0.0)
            sign = -1 if sampler == "extrapolate" else 1
            inputs["interpolate" if sign < 0 else sampler] = sign * alpha
        return self._drawn(self._served.ask(name, inputs), sampler, alpha, given)

    def _drawn(self, answer, sampler, alpha, given):
        """Returns Drawn of an answer, judged where there is a judge."""
        # What the answer says beside the row: label and verdict.
        verdict = {name: answer[name] for name in VERDICT if name in answer}
        rows = {name: answer[name] for name in self._columns}
        extra = [name for name in answer if name not in (*rows, *VERDICT)]
        if self.has_judge and not verdict:
            judged = self._served.ask("classify", rows)
            verdict = {name: judged.pop(name) for name in VERDICT}
            (label,) = judged.values()
            agrees = np.array([not given or str(each) == given for each in label])
            verdict["accepted"] = verdict["accepted"] & agrees
        elif extra:
            label = answer[extra[0]]
        else:
            label = np.full(len(next(iter(rows.values()))), given, object)
        if given:
            label = np.full(len(label), given, object)
        lineage = {"sampler": sampler}
        if self.samplers[sampler] is not None:
            lineage["alpha"] = alpha
        return Drawn(
            _rows_of(rows),
            [str(each) for each in label],
            verdict.get("accepted"),
            verdict.get("score"),
            pd.DataFrame(lineage, index=range(len(label))),
        )

    def _name_points(self):
        answer = self._served.ask("classify", self._decoded(self.z, -1))
        (names,) = (v for k, v in answer.items() if k not in VERDICT)
        place = {name: i for i, name in enumerate(self.classes)}
        self.label = np.array([place.get(str(name), -1) for name in names])

    def _decoded(self, z, space):
        inputs = {"z": np.asarray(z, "float32")}
        if self.by_class:
            inputs["class"] = np.full(len(z), self.classes[space], object)
        return self._served.ask("decode", inputs)

    def _prior(self, n, alpha, seed):
        stream = random.generator(int(seed), "prior")
        noise = stream.standard_normal((n, self._served.latent_dim))
        return (alpha**0.5 * noise).astype("float32")


def _rows_of(answer):
    """Returns images, or a frame of the columns that an answer consists of."""
    if "x" in answer and np.ndim(answer["x"]) == 4:
        return np.clip(answer["x"], 0, 1)
    if "x" in answer and np.ndim(answer["x"]) == 2:
        names = [f"input {i}" for i in range(answer["x"].shape[1])]
        return pd.DataFrame(answer["x"], columns=names)
    return pd.DataFrame(answer)
