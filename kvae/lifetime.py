"""Processes that do not outlive the one that started them."""

import os
import threading
import time


def end_with(parent):
    """Ends this process soon after its parent, however that has ended.

    Args:
        parent: int, process id of the one that started this process.
    """
    # A thread that looks, rather than Linux's PR_SET_PDEATHSIG: that is sent when the
    # parent's thread ends that started this process, which need not be its main one.
    threading.Thread(target=_look, args=(parent,), daemon=True).start()


def _look(parent):
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)  # at once: whoever waited for a result is gone
