"""Says whether a served model is still the one that was described."""

import dataclasses
from pathlib import Path

import numpy as np

from kvae.serving.description import DESCRIBED, read_description
from kvae.serving.generated_rows import columns_of, compare, holm
from kvae.serving.wire import shortened

_SHOWN = 3  # columns that a sentence names


@dataclasses.dataclass(frozen=True)
class Check:
    """What a check of a served model has found.

    Args:
        changed: tuple of str, the parts of the description that are others now.
        differs: tuple of str, the columns whose rows do not fit the description.
        sentence: str, both in words.
        tests: tuple of (column, adjusted p-value, what is different), the smallest
            p-value first.
    """

    changed: tuple
    differs: tuple
    sentence: str
    tests: tuple

    @property
    def passed(self):
        """bool: whether the model is the same, and generates what it did."""
        return not self.changed and not self.differs

    def __str__(self):
        return self.sentence


def check(client, rows, seed=1, description=None, level=0.01):
    """Compares what a served model generates with its description.

    Arguments and result are those of `Client.check`, for a Client.
    """
    served = client.describe()
    known = served if description is None else _as_description(description)
    changed = tuple(
        key for key in DESCRIBED if key in known and known[key] != served[key]
    )
    generates = known.get("generates")
    if not generates:
        raise ValueError(
            "Client.check expects a description with what the model generates, as "
            "kvae.export writes it where sample is among the signatures. Received: "
            f"{shortened(str(known.get('name')))} without it."
        )
    answer = _ask(client, served, rows, seed)
    columns = columns_of(answer, served["attributes"], generates["left_out"])
    dated = [each["name"] for each in served["attributes"] or () if _is_dated(each)]
    found = compare(generates["columns"], columns, dated)
    adjusted = holm([p for _, p, _ in found])
    tests = sorted(
        zip([name for name, _, _ in found], adjusted.tolist(),
            [words for _, _, words in found], strict=True),
        key=lambda test: test[1],
    )  # fmt: skip
    odd = {}
    for name, p, words in tests:
        if p <= level:
            odd.setdefault(name, words)
    size = len(next(iter(answer.values())))
    sentence = _sentence(client.model, served, known, changed=changed, odd=odd,
                         size=size, count=len(tests), level=level)  # fmt: skip
    return Check(changed, tuple(odd), sentence, tuple(tests))


def _as_description(description):
    if isinstance(description, str | Path):
        return read_description(description)
    return description


def _is_dated(attribute):
    return attribute.get("dtype", "").startswith("datetime")


def _ask(client, served, rows, seed):
    """Returns rows of each class, equally many, as one answer."""
    generates = served["generates"]
    classes = generates["classes"] or [None]
    each, answers = -(-rows // len(classes)), []
    for name in classes:
        for start in range(0, each, generates["at_once"]):
            inputs = {"n": min(generates["at_once"], each - start), "class": name}
            # Seeds apart, so that no class is drawn from the noise of another.
            inputs["seed"] = seed * 10**6 + len(answers)
            answers.append(client.predict("sample", inputs))
    return {key: np.concatenate([a[key] for a in answers]) for key in answers[0]}


def _sentence(model, served, known, *, changed, odd, size, count, level):
    names = [f"{name} ({words})" for name, words in list(odd.items())[:_SHOWN]]
    more = f" and {len(odd) - _SHOWN} more" if len(odd) > _SHOWN else ""
    what = shortened(", ".join(names)) + more
    doubt = (
        f"{size} rows, {count} tests; a model that has not changed fails in at most "
        f"{level:.0%} of checks"
    )
    if not changed and not odd:
        return f"{model} generates what its description says ({doubt})."
    if not changed:
        return (
            f"{model} no longer generates what its description says: {what} ({doubt})."
        )
    parts = ", ".join(changed)
    if "revision" in changed:
        parts += f" (revision {known['revision']}, now {served['revision']})"
    first = f"A push has changed {model}: other {parts}."
    if odd:
        return f"{first} It generates other rows than before: {what} ({doubt})."
    return f"{first} Its rows are still those described before, up to chance ({doubt})."
