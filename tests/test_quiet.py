"""Imports in fresh processes: quick, quiet, and clear about another backend."""

import os
import subprocess
import sys


def python(code, **environment):
    names = ("KERAS_BACKEND", "TF_CPP_MIN_LOG_LEVEL")
    clean = {k: v for k, v in os.environ.items() if k not in names}
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**clean, **environment},
    )


def test_a_bare_import_loads_nothing_heavy():
    heavy = "{'tensorflow', 'keras', 'numpy', 'pandas', 'sklearn'}"
    done = python(f"import sys, kvae; print({heavy} & set(sys.modules))")
    assert done.stdout.strip() == "set()", done.stderr


def test_every_public_name_is_there():
    import kvae

    for name in kvae.__all__:
        assert getattr(kvae, name) is not None
    assert set(kvae.__all__) <= set(dir(kvae))


START = "from kvae import quiet; quiet.start_tensorflow()\n"


def test_a_bare_import_leaves_warnings_and_logs_as_they_are():
    code = (
        "import logging, os, sys, warnings\n"
        "def state():\n"
        "    log = logging.getLogger('tensorflow')\n"
        "    level = os.environ.get('TF_CPP_MIN_LOG_LEVEL')\n"
        "    filters = list(log.filters), list(warnings.filters)\n"
        "    return filters, log.level, level\n"
        "before = state()\n"
        "import kvae\n"
        "print(state() == before)\n"
    )
    assert python(code).stdout.strip() == "True"


def test_tensorflow_starts_without_a_word():
    done = python(
        f"{START}import kvae; kvae.BetaVAE; import tensorflow as tf; tf.ones(3)"
    )
    assert done.returncode == 0
    assert done.stderr == ""


def test_of_tensorflow_s_messages_only_errors_are_logged():
    code = (
        "import logging\n"
        "log = logging.getLogger('tensorflow')\n"
        "log.warning('this function is traced often')\n"
        "log.error('out of memory')\n"
    )
    said = python(START + code).stderr
    assert "traced" not in said
    assert "out of memory" in said


def test_logs_can_be_had():
    assert (
        "oneDNN" in python(START + "import tensorflow", TF_CPP_MIN_LOG_LEVEL="0").stderr
    )


def test_where_the_import_fails_everything_is_shown():
    code = (
        "import sys, importlib.abc, importlib.util\n"
        "class Broken(importlib.abc.Loader):\n"
        "    def create_module(self, spec): return None\n"
        "    def exec_module(self, module):\n"
        "        print('it broke', file=sys.stderr, flush=True)\n"
        "        raise ImportError('no such library')\n"
        "class Finder(importlib.abc.MetaPathFinder):\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'tensorflow':\n"
        "            return importlib.util.spec_from_loader(name, Broken())\n"
        "sys.meta_path.insert(0, Finder())\n"
    )
    done = python(code + START)
    assert done.returncode == 1
    assert "it broke" in done.stderr
    assert "ImportError: no such library" in done.stderr


def test_another_backend_is_refused_with_the_remedy():
    done = python("import kvae", KERAS_BACKEND="jax")
    assert done.returncode == 1
    assert "Received: 'jax'. Unset KERAS_BACKEND" in done.stderr


def test_another_backend_in_use_is_refused_too():
    # Keras itself may run without jax installed: a stand-in that says it uses it.
    code = (
        "import sys, types\n"
        "config = types.SimpleNamespace(backend=lambda: 'jax')\n"
        "sys.modules['keras'] = types.SimpleNamespace(config=config)\n"
        "import kvae\n"
    )
    assert "Received: 'jax'" in python(code).stderr
