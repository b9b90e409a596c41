"""A search on many machines: one chief, which decides, and workers, which train.

Every process runs the same command; KerasTuner reads in environment variables who it
is. They need the same directory, on a file system that all of them see.
"""

import dataclasses
import os
import socket
import sys
import threading
import time

CHIEF = "chief"
VARIABLES = ("KERASTUNER_TUNER_ID", "KERASTUNER_ORACLE_IP", "KERASTUNER_ORACLE_PORT")
PATIENCE = 600.0
LOOK_EVERY = 2.0  # seconds
NO_CHIEF = 3  # exit code of a worker that gave up


@dataclasses.dataclass(frozen=True)
class Role:
    """Who a process is in a search on many machines.

    Args:
        name: "chief", or a name of a worker's own, such as "worker-1". A worker that
            was killed is started again by the same name: it gets its trial back.
        address: "host:port" that the chief listens on.

    Raises:
        ValueError: for an address without a port, or an empty name.

    Example:
        >>> Role("worker-1", "127.0.0.1:8123").is_chief
        False

    Reference:
        keras.io/keras_tuner/guides/distributed_tuning
    """

    name: str
    address: str

    def __post_init__(self):
        host, _, port = self.address.rpartition(":")
        if not host or not port.isdigit() or not self.name:
            raise ValueError(
                "A role expects a name, and an address host:port of the chief, such as "
                f"127.0.0.1:8123. Received: {self.name!r}, {self.address!r}."
            )

    @classmethod
    def from_environment(cls):
        """Returns the Role that KerasTuner's own variables give; None without them."""
        name, host, port = (os.environ.get(variable) for variable in VARIABLES)
        return None if host is None else cls(name or "", f"{host}:{port or ''}")

    @property
    def is_chief(self):
        """bool: KerasTuner takes every name with "chief" in it for the chief."""
        return CHIEF in self.name

    def take(self):
        """Sets KerasTuner's environment variables in this process."""
        host, _, port = self.address.rpartition(":")
        for variable, value in zip(VARIABLES, (self.name, host, port), strict=True):
            os.environ[variable] = value

    def wait_for_chief(self, patience=PATIENCE):
        """Waits until the chief listens.

        Raises:
            TimeoutError: where it does not within `patience` seconds.
        """
        start = time.monotonic()
        while not self._chief_listens():
            if time.monotonic() - start > patience:
                raise TimeoutError(self._without_chief(patience))
            time.sleep(min(LOOK_EVERY, patience))

    def watch_chief(self, patience=PATIENCE):
        """Ends this process where the chief is away for longer than `patience` seconds.

        KerasTuner itself would wait for an hour. A chief that is started again in time
        goes on where it stopped.

        Returns:
            threading.Event: set it when the search is over.
        """
        over = threading.Event()

        def watch():
            seen = time.monotonic()
            while not over.wait(LOOK_EVERY):
                if self._chief_listens():
                    seen = time.monotonic()
                elif time.monotonic() - seen > patience:
                    sys.stderr.write(f"error: {self._without_chief(patience)}\n")
                    sys.stderr.flush()
                    os._exit(NO_CHIEF)  # the main thread waits inside gRPC

        threading.Thread(target=watch, daemon=True).start()
        return over

    def _chief_listens(self):
        host, _, port = self.address.rpartition(":")
        try:
            socket.create_connection((host, int(port)), timeout=LOOK_EVERY).close()
        except OSError:
            return False
        return True

    def _without_chief(self, patience):
        return (
            f"{self.name} has found no chief at {self.address} for {patience:g} s. "
            "Start the same command with --role chief; finished trials are kept."
        )


def is_worker():
    """Returns whether this process runs trials that a chief decides on."""
    role = Role.from_environment()
    return role is not None and not role.is_chief
