"""TensorFlow without its start-up lines, for programs that have the terminal.

TensorFlow 2.21 logs a dozen lines from C++ before it reads TF_CPP_MIN_LOG_LEVEL, so
the variable alone does not help (tensorflow/tensorflow#100442).

``import kvae`` leaves logs and warnings as they are. The command line and the recipes
call `start_tensorflow`, and so may any other program.
"""

import contextlib
import logging
import os
import sys
import tempfile


def start_tensorflow():
    """Imports TensorFlow without its start-up lines; then only errors are logged.

    Where the import fails, what TensorFlow had to say is shown. With
    TF_CPP_MIN_LOG_LEVEL below 3 in the environment everything is shown as usual.

    Example:
        >>> start_tensorflow()
    """
    if os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3") < "3":
        return
    if "tensorflow" not in sys.modules:
        with _without_stderr():
            import tensorflow  # noqa: F401
    # Where several models are fitted one after another, it warns that each of them
    # traces its training step, as each must.
    logging.getLogger("tensorflow").setLevel(logging.ERROR)


@contextlib.contextmanager
def _without_stderr():
    """Drops what is written to file descriptor 2, unless the block raises."""
    sys.stderr.flush()
    stderr = os.dup(2)
    with tempfile.TemporaryFile() as said:
        os.dup2(said.fileno(), 2)
        try:
            yield
        except BaseException:
            sys.stderr.flush()
            said.seek(0)
            os.write(stderr, said.read())
            raise
        finally:
            sys.stderr.flush()
            os.dup2(stderr, 2)
            os.close(stderr)
