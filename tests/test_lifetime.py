import os
import signal
import subprocess
import sys
import time

# A process that starts another, which would sleep for a minute, and tells its id.
PARENT = """
import subprocess, sys, time
child = "import os, time; from kvae import lifetime; lifetime.end_with(os.getppid())"
child += "; print('ready', os.getpid(), flush=True); time.sleep(60)"
subprocess.run([sys.executable, "-c", child])
"""


def is_running(number):
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_process_ends_soon_after_its_parent_was_killed():
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True
    ) as parent:
        word, child = parent.stdout.readline().split()
        assert word == "ready" and is_running(int(child))
        parent.send_signal(signal.SIGKILL)
        patience = time.monotonic() + 20
        while is_running(int(child)) and time.monotonic() < patience:
            time.sleep(0.05)
    assert not is_running(int(child))
