"""Prepares data sets once, so that `kvae.load` finds them.

    python -m tools.prepare_data                           # PROBEN1 and MNIST
    python -m tools.prepare_data --names proben1 --manual-dir DIR
    python -m tools.prepare_data --names celeb_a           # 1.4 GB, many minutes

Any tfds name will do; "proben1" stands for its 18 problems. What is prepared already
is left alone, what was downloaded before an interruption is not downloaded again, and
every file must have its published checksum. One set that fails does not stop the
others; the exit status says so.
"""

import contextlib
import hashlib
import io
import logging
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from kvae import quiet
from recipes import common


@dataclass(frozen=True)
class Config:
    names: tuple[str, ...] = ("proben1", "mnist")
    """Data sets to prepare."""
    data_dir: str | None = None
    """Where to; by default TFDS_DATA_DIR, else ~/tensorflow_datasets."""
    manual_dir: str | None = None
    """A folder that holds PROBEN1's .dt files; by default KVAE_PROBEN1_DIR."""


def main(config):
    import tensorflow_datasets as tfds

    from kvae.data.proben1 import NAMES
    from kvae.data.proben1.problems import MANUAL_DIR

    if config.manual_dir:
        os.environ[MANUAL_DIR] = config.manual_dir
    if not sys.stderr.isatty():
        tfds.disable_progress_bar()
    logging.getLogger("absl").setLevel(logging.ERROR)
    if config.manual_dir and not Path(config.manual_dir).expanduser().is_dir():
        sys.exit(f"--manual-dir expects a folder. Received: {config.manual_dir}.")
    if not config.names:
        sys.exit("--names expects at least one data set. Received: none.")
    names = []
    for name in config.names:
        names += (
            [f"proben1/{problem}" for problem in NAMES] if name == "proben1" else [name]
        )
    failed = []
    with common.progress(len(names), "Preparing", "set") as bar:
        for name in names:
            bar.set_postfix_str(name)
            try:
                builder, found = prepare(name, config.data_dir)
            except Exception as error:  # the other sets can still be prepared
                failed.append(name)
                bar.write(f"{name:22} FAILED: {_first_line(error)}", file=sys.stderr)
            else:
                rows = sum(split.num_examples for split in builder.info.splits.values())
                done = "was there" if found else "prepared"
                bar.write(f"{name:22} {rows:7,} rows, {done}: {builder.data_dir}")
            bar.update()
    if failed:
        sys.exit(f"{len(failed)} of {len(names)} data sets could not be prepared.")
    root = Path(builder.data_dir_root)
    print(
        f"Tell kvae where they are: export TFDS_DATA_DIR={root}, or data_dir='{root}'."
    )


def prepare(name, data_dir=None):
    """Prepares one data set; returns (its tfds builder, whether it was there)."""
    import tensorflow_datasets as tfds

    from kvae.data.proben1 import Builder  # noqa: F401  makes it known to tfds

    builder = tfds.builder(name, data_dir=data_dir and str(Path(data_dir).expanduser()))
    if builder.is_prepared():
        return builder, True
    if not _is_in_manual_dir(builder):
        _expect_network(builder)
    quiet.start_tensorflow()  # tfds writes with it; all else goes without
    checked = tfds.download.DownloadConfig(force_checksums_validation=True)
    with contextlib.redirect_stdout(io.StringIO()):  # tfds tells what we tell already
        builder.download_and_prepare(download_config=checked)
    return builder, False


def _is_in_manual_dir(builder):
    """Whether a PROBEN1 file is there; it must then be the published one."""
    from kvae.data.proben1.problems import manual_file

    if builder.name != "proben1":
        return False
    path = manual_file(builder.builder_config.name)
    if path is None:
        return False
    published = {info.filename: info.checksum for info in builder.url_infos.values()}
    if hashlib.sha256(path.read_bytes()).hexdigest() != published[path.name]:
        raise ValueError(
            f"{path} is not the published file: its SHA-256 differs. Remove it, and it "
            "will be downloaded; or load it with manual_dir=, if you mean it."
        )
    return True


def _expect_network(builder):
    """Raises OSError at once where tfds would retry for minutes."""
    import requests

    config = builder.builder_config
    urls = list(builder.url_infos or ())
    if not urls:
        return
    of_config = [url for url in urls if config and f"/{config.name}." in url]
    url = (of_config or urls)[0]
    try:
        requests.head(url, timeout=10)
    except (requests.ConnectionError, requests.Timeout) as error:
        raise OSError(
            f"{url} cannot be reached. Check the network or the proxy settings."
        ) from error


def _first_line(error):
    return (str(error).strip() or type(error).__name__).splitlines()[0]


if __name__ == "__main__":
    common.run(main, Config, {}, __doc__, tensorflow=False)
