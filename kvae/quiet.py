"""TensorFlow's start-up noise: kept off the terminal while it is imported.

TensorFlow 2.21 logs a dozen lines from C++ before it reads TF_CPP_MIN_LOG_LEVEL, so
the variable alone does not help (tensorflow/tensorflow#100442). While its module is
executed, file descriptor 2 goes to a temporary file; afterwards everything that is
not one of those lines is passed on.

Keras 3.15 warns at every fit(dataset) that its own default, shuffle=True, is ignored.
Where several models are fitted after each other, TensorFlow warns that each traces its
training step, as each must.
"""

import contextlib
import importlib.abc
import importlib.util
import logging
import os
import re
import sys
import tempfile
import warnings

_NOISE = re.compile(
    rb"WARNING: All log messages before absl::InitializeLog"
    rb"|[IWE]0000 .*(oneDNN|cuda|CUDA|TensorRT|CPU instructions)"
    rb"|To enable the following instructions"
)


def install():
    """Makes the first import of TensorFlow quiet, unless the caller wants its logs."""
    warnings.filterwarnings("ignore", "`shuffle=True` was passed", UserWarning)
    logging.getLogger("tensorflow").addFilter(_is_not_about_tracing)
    wanted = os.environ.get("TF_CPP_MIN_LOG_LEVEL", "3") < "3"
    if wanted or "tensorflow" in sys.modules:
        return
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    sys.meta_path.insert(0, _QuietFinder())


def _is_not_about_tracing(record):
    return "triggered tf.function retracing" not in str(record.msg)


class _QuietFinder(importlib.abc.MetaPathFinder):
    """Finds TensorFlow once, and wraps the execution of its module."""

    def find_spec(self, name, path=None, target=None):
        if name != "tensorflow":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is not None:
            execute = spec.loader.exec_module

            def exec_module(module):
                with _without_noise():
                    execute(module)

            spec.loader.exec_module = exec_module
        return spec


@contextlib.contextmanager
def _without_noise():
    sys.stderr.flush()
    stderr = os.dup(2)
    with tempfile.TemporaryFile() as kept:
        os.dup2(kept.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)
            kept.seek(0)
            for line in kept:
                if not _NOISE.match(line):
                    os.write(2, line)
