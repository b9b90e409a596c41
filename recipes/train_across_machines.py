"""Training across machines: one VAE, two processes that share each batch, and kills.

    python -m recipes.train_across_machines            # MNIST; 15 min on 2 busy cores
    python -m recipes.train_across_machines --quick    # digits; 2 min

On machines of your own, which see one folder, the same on each with its --index:

    python -m recipes.train_across_machines --out shared/vae --index 0 \
        --addresses 10.0.0.1:2222 10.0.0.2:2222

`fit` runs under `tf.distribute.MultiWorkerMirroredStrategy`: every process has all
weights and all rows, takes its share of each batch, and the gradients are added up at
each step. After each epoch the first process writes a backup; where one is lost, the
others end too, and the same command on all of them goes on from there.

Without --addresses it shows that on this machine: one process, two on the loopback,
and two of which each is killed (-9) once in the middle. curve.csv and curve.png have
the loss of each epoch, summary.csv seconds of an epoch, and the ELBO of the test rows,
nats per image, which an interrupted run must share with the uninterrupted one. The deck
has no number. When it pays: [kvae/experiments](../kvae/experiments/README.md).
"""

import itertools
import os
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from recipes import common, figures

NAME = "train_across_machines"
RUNS = ("one process", "one process, two threads", "two processes", "two, killed twice")
PATIENCE = 60.0  # seconds that the others have after the first process is done


@dataclass(frozen=True)
class Config:
    data: Literal["mnist", "digits"] = "mnist"
    """Data set; mnist is read from a prepared tfds folder."""
    data_dir: str | None = None
    """tfds folder; by default TFDS_DATA_DIR."""
    epochs: int = 10
    """Passes over the training rows."""
    batch_size: int = 1024
    """Rows of a step, of all processes together."""
    hidden: tuple[int, ...] = (512, 256)
    """Units of the encoder's layers; the decoder's are the same, reversed."""
    latent: int = 50
    """Latent dimension."""
    seed: int = 0
    """Of the first run of each kind."""
    seeds: int = 2
    """Runs of each kind, to tell a difference from noise."""
    addresses: tuple[str, ...] = ()
    """host:port of each process; the first writes. The same on all machines."""
    index: int = 0
    """Which of the addresses is this process."""
    parent: int | None = None
    """Id of a process without which this one ends."""
    out: Path = Path("out") / NAME
    """Where backups, curves and models are; all machines have to see it."""
    quick: bool = False
    """digits, 4 epochs, 1 seed, small layers: a check that everything runs."""


QUICK = {
    "data": "digits",
    "epochs": 4,
    "batch_size": 64,
    "hidden": (64,),
    "latent": 8,
    "seeds": 1,
}


def main(config):
    if config.addresses:
        if not 0 <= config.index < len(config.addresses):
            raise ValueError(
                "--index expects the place of this process among the --addresses, "
                f"from 0 to {len(config.addresses) - 1}. Received: {config.index}."
            )
        work(config)
    else:
        show(config)


def work(config):
    """Trains as one of the processes."""
    from kvae import lifetime, quiet

    if config.parent is not None:
        lifetime.end_with(config.parent)
    quiet.start_tensorflow()
    import kvae
    from recipes.cells.across_machines import train

    train(
        config.out,
        config.addresses,
        config.index,
        lambda: kvae.load(config.data, config.data_dir),
        epochs=config.epochs,
        batch_size=config.batch_size,
        seed=config.seed,
        hidden=config.hidden,
        latent=config.latent,
    )


def show(config):
    """Trains in one process and in two, kills some, and compares what comes out."""
    import pandas as pd

    curves, lines = [], []
    for seed in range(config.seed, config.seed + config.seeds):
        for run in RUNS:
            folder = config.out / run.replace(",", "").replace(" ", "_") / str(seed)
            shutil.rmtree(folder, ignore_errors=True)
            kills = [(1, 1), (config.epochs // 2, 0)] if "killed" in run else []
            threads = 2 if "threads" in run else 1
            processes = 1 if "one" in run else 2
            done = together(config, folder, seed, processes, threads, kills)
            curve, line = _outcome(config, folder)
            curves.append(curve.assign(run=run, seed=seed))
            lines.append({"run": run, "seed": seed, "restarts": done, **line})
            print("  ".join(f"{value}" for value in lines[-1].values()), flush=True)
    curves, summary = pd.concat(curves), pd.DataFrame(lines)
    curves.to_csv(config.out / "curve.csv", index=False)
    summary.to_csv(config.out / "summary.csv", index=False)
    draw(config.out / "curve", curves)
    means = summary.drop(columns="seed").groupby("run", sort=False).mean()
    print(f"\n{config.data}, {config.epochs} epochs, mean of {config.seeds} seeds\n")
    print(means.round(3).to_string())
    print(f"\nWritten to {config.out}: curve.csv, curve.png, summary.csv.")


def _outcome(config, folder):
    """Returns (curve, {"loss", "elbo_of_test", "seconds"}) of a finished run."""
    import kvae
    from kvae import quiet

    quiet.start_tensorflow()
    from recipes.cells.across_machines import held_out, read_curve

    curve = read_curve(folder / "curve.csv")
    elbo = held_out(folder / "vae.keras", kvae.load(config.data, config.data_dir))
    seconds = curve["seconds"].iloc[1:].median()  # the first epoch traces the step
    loss = curve["loss"].iloc[-1]
    return curve, {"loss": loss, "elbo_of_test": elbo, "seconds": round(seconds, 3)}


def together(config, folder, seed, processes, threads, kills):
    """Trains in processes of this machine; where one is lost, all begin again.

    Args:
        config: Config.
        folder: Path of the run.
        seed: int.
        processes: int, how many.
        threads: int of each.
        kills: list of (epochs, index): after how many epochs which process is killed.

    Returns:
        How often all had to begin again.

    Raises:
        OSError: where they end without another epoch done.
    """
    kills = list(kills)
    folder.mkdir(parents=True, exist_ok=True)
    for restarts in itertools.count():
        before = _epochs_done(folder)
        running = _start(config, folder, seed, processes, threads)
        try:
            killed = _watch(running, folder, kills)
        finally:
            for process in running:
                process.kill()
                process.wait()
        if (folder / "vae.keras").exists():
            return restarts
        done = _epochs_done(folder)
        if done == before:
            logs = [path.read_text() for path in folder.glob("process-*.log")]
            raise OSError(f"A process ended early:\n{max(logs, key=len)[-2000:]}")
        what = (
            "a process was lost" if killed is None else f"process {killed} was killed"
        )
        print(f"  {what} after {done} epochs", flush=True)


def _start(config, folder, seed, processes, threads):
    names = ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS")
    environment = {**os.environ, **dict.fromkeys(names, str(threads))}
    flags = {
        "data": config.data,
        "epochs": config.epochs,
        "batch-size": config.batch_size,
        "latent": config.latent,
        "seed": seed,
        "out": folder,
        "parent": os.getpid(),
    }
    if config.data_dir is not None:
        flags["data-dir"] = config.data_dir
    command = [sys.executable, "-m", f"recipes.{NAME}"]
    command += [f"--{name}={value}" for name, value in flags.items()]
    command += ["--hidden", *map(str, config.hidden)]
    command += ["--addresses", *_free_addresses(processes)]
    started = []
    for index in range(processes):
        with open(folder / f"process-{index}.log", "w") as log:
            started.append(
                subprocess.Popen(
                    [*command, "--index", str(index)], env=environment, stderr=log
                )
            )
    return started


def _watch(running, folder, kills):
    """Waits until all are done or one is lost; returns which was killed, or None."""
    patience = None
    while True:
        codes = [process.poll() for process in running]
        if None not in codes or any(codes):
            return None
        if kills and _epochs_done(folder) >= kills[0][0]:
            _, index = kills.pop(0)
            running[index].kill()
            return index
        if codes[0] == 0:  # nobody has anything left to wait for
            patience = patience or time.monotonic() + PATIENCE
            if time.monotonic() > patience:
                return None
        time.sleep(0.02)


def _epochs_done(folder):
    found = (folder / "backup").glob("[0-9]*")
    return max([0, *(int(path.name) for path in found)])


def _free_addresses(number):
    """Returns as many addresses of the loopback that nobody listens to."""
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
    ports = [listener.getsockname()[1] for listener in listeners]
    for listener in listeners:
        listener.close()
    return [f"127.0.0.1:{port}" for port in ports]


def draw(path, curves):
    """Saves the figure: the loss of each epoch, a line for each run."""
    plt = figures.pyplot()
    from matplotlib.ticker import MaxNLocator

    from kvae.plots import palette

    figure, ax = plt.subplots(figsize=(7, 4), layout="constrained")
    for place, run in enumerate(RUNS):
        for i, (_, own) in enumerate(curves[curves["run"] == run].groupby("seed")):
            ax.plot(
                own["epoch"] + 1,
                own["loss"],
                color=palette.color_of(place),
                marker=palette.marker_of(place),
                # Rings around the points of the run that it has to equal.
                markersize=10 if "killed" in run else 4,
                fillstyle="none" if "killed" in run else "full",
                linewidth=0 if "killed" in run else 1,
                label=None if i else run,
            )
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set_xlabel("epoch")
    ax.set_ylabel("training loss, nats per image")
    ax.legend(frameon=False)
    figures.save(figure, path)


if __name__ == "__main__":
    common.run(main, Config, QUICK, description=__doc__, tensorflow=False)
