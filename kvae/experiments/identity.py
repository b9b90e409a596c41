"""Identity: what a stored result is found by says what was run, not how it is spelled.

Only what differs from its default has a part in it. So a new field, a new argument or
a new method leaves everything that is stored where it is; and so **a default must never
change**: it is a part of what stored results mean. What should be different from now on
is a new field, or is said by the caller.
"""

import dataclasses
import hashlib
import inspect
import json
import numbers
from collections.abc import Mapping


def identity(value):
    """Returns what was run as plain JSON values.

    Dataclasses become dicts of the fields that differ from their defaults, whatever
    their class is called; 1.0 and 1 are the same number.

    Args:
        value: dataclass, dict, list, tuple, range, string, number, bool or None, at any
            depth.

    Raises:
        TypeError: for anything else, such as a path: that says where, not what.

    Example:
        >>> from kvae.training import Budget
        >>> identity({"budget": Budget(steps=50), "seeds": range(2)})
        {'budget': {'steps': 50}, 'seeds': [0, 1]}
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: identity(getattr(value, field.name))
            for field in dataclasses.fields(value)
            if getattr(value, field.name) != _default(field)
        }
    if isinstance(value, Mapping):
        return {str(name): identity(part) for name, part in value.items()}
    if isinstance(value, list | tuple | range):
        return [identity(part) for part in value]
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, numbers.Real):
        return int(value) if value == int(value) else float(value)
    raise TypeError(
        "identity expects numbers, strings, dataclasses, and dicts and lists of them. "
        f"Received: {value!r}. Paths and models say where or how, not what was run: "
        "leave them out."
    )


def digest(value, size=8):
    """Returns a hexadecimal digest, of so many bytes, of the identity of a value.

    Example:
        >>> digest({"steps": 600, "beta": 1.0}) == digest({"beta": 1, "steps": 600})
        True
    """
    text = json.dumps(identity(value), sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=size).hexdigest()


def key_of(arguments):
    """Returns the key of a result: what a person can read of it, and its digest.

    Args:
        arguments: dict, what was run.

    Example:
        >>> key_of({"data": "digits", "shots": 5, "methods": ("noise",)})
        'data=digits shots=5 #...'
    """
    readable = [
        f"{name}={value}"
        for name, value in identity(arguments).items()
        if isinstance(value, str | int | float) and not isinstance(value, bool)
    ]
    return " ".join([*readable, f"#{digest(arguments)}"])


def without_defaults(function, arguments):
    """Returns the arguments that differ from the defaults of a function.

    Example:
        >>> def train(shots, mix_in=0.0): ...
        >>> without_defaults(train, {"shots": 5, "mix_in": 0.0})
        {'shots': 5}
    """
    known = inspect.signature(function).parameters
    return {
        name: value
        for name, value in arguments.items()
        if name not in known or known[name].default != value
    }


def _default(field):
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return field.default
