"""Keras finds kvae's classes in saved files after a bare ``import kvae``.

`keras.models.load_model` only looks in Keras' own registry, which a class enters when
its module is imported. Importing them all would make ``import kvae`` wait for
TensorFlow, so what enters the registry are stand-ins that import the class when a
file asks for it.
"""

import importlib
import importlib.util
import pathlib
import re
import sys

# Read in the source, so that the decorator stays the only place that registers a class.
DECORATED = re.compile(
    r'^@keras\.saving\.register_keras_serializable\(package="kvae"\)\nclass (\w+)',
    re.MULTILINE,
)


class StandIn:
    """A class in Keras' registry whose module is not imported yet.

    Args:
        name: of the class.
        module: where it is, dotted.
    """

    def __init__(self, name, module):
        self.name, self.module = name, module

    def load(self):
        """Returns the class, which now stands in the registry itself."""
        return getattr(importlib.import_module(self.module), self.name)

    def __call__(self, *args, **kwargs):
        """Returns a new object of the class."""
        return self.load()(*args, **kwargs)

    def from_config(self, config):
        """Returns the object that the config describes."""
        return self.load().from_config(config)


def stand_ins():
    """Returns {registered name: StandIn} of every class that kvae registers."""
    folder = pathlib.Path(__file__).parent
    found = {}
    for path in sorted(folder.rglob("*.py")):
        module = ".".join(["kvae", *path.relative_to(folder).with_suffix("").parts])
        for name in DECORATED.findall(path.read_text(encoding="utf-8")):
            found[f"kvae>{name}"] = StandIn(name, module)
    return found


def register():
    """Puts a stand-in into Keras' registry for each class that is not there yet."""
    registry = sys.modules["keras"].saving.get_custom_objects()
    for name, stand_in in stand_ins().items():
        registry.setdefault(name, stand_in)


class AfterKeras:
    """An import hook that calls `register` once, when Keras has been imported."""

    looking = False

    def find_spec(self, fullname, path=None, target=None):
        """Returns the spec of Keras, whose execution ends with `register`."""
        if fullname != "keras" or self.looking:
            return None
        self.looking = True
        try:
            spec = importlib.util.find_spec(fullname)
        finally:
            self.looking = False
        if spec is not None:
            execute = spec.loader.exec_module

            def exec_module(module):
                execute(module)
                if self in sys.meta_path:  # a look for Keras is no import of it
                    sys.meta_path.remove(self)
                register()

            spec.loader.exec_module = exec_module
        return spec


def register_with_keras():
    """Registers kvae's classes now, or else as soon as Keras is imported."""
    if "keras" in sys.modules:
        register()
    else:
        sys.meta_path.insert(0, AfterKeras())
