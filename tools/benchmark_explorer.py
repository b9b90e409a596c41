"""How soon the explorer answers a move: from the move to the new row on the page.

    python -m tools.benchmark_explorer           # 3 min; --quick: digits alone

In headless Chromium, with the server in the same process: a slider is moved, or the map
is clicked, and the page is watched, frame by frame, until what is decoded has changed.
The aim is a median below 100 ms, on digits and on MNIST, whose 60,000 codes are looked
for in TFDS_DATA_DIR. Needs the extra `explore`, playwright and Chromium.
"""

import os
import shutil
import sys
import threading
import time
import warnings
from dataclasses import dataclass

import numpy as np

from kvae.explorer.server import Server, listen
from kvae.warning_classes import KvaeWarning
from tools import timing


@dataclass(frozen=True)
class Config:
    moves: int = 60
    """Moves of each kind."""
    steps: int = 500
    """Training steps of the VAE."""
    quick: bool = False
    """digits alone, few moves."""


QUICK = {"moves": 5, "steps": 20}

MOVES = """async ([kind, count]) => {
  const view = document.querySelector("#view");
  const frame = document.querySelector("#frame");
  const slider = document.querySelector(".sliders input[type=range]");
  const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set;
  const box = frame.getBoundingClientRect();
  const move = {
    slider: (i) => {
      set.call(slider, String((i % 2 ? 1 : -1) * (1 + (i % 9) / 5)));
      slider.dispatchEvent(new Event("input", {bubbles: true}));
    },
    click: (i) => {
      const at = {bubbles: true, clientX: box.left + box.width * (0.1 + (i % 9) / 11),
                  clientY: box.top + box.height * (0.1 + (i % 7) / 9)};
      frame.dispatchEvent(new PointerEvent("pointerdown", at));
      frame.dispatchEvent(new PointerEvent("pointerup", at));
    },
  }[kind];
  const times = [];
  for (let i = 0; i < count; i++) {
    const before = view.innerHTML, start = performance.now();
    move(i);
    while (view.innerHTML === before && performance.now() - start < 5000) {
      await new Promise((done) => requestAnimationFrame(done));
    }
    times.push(performance.now() - start);
    await new Promise((done) => setTimeout(done, 150));
  }
  return times;
}"""


def make_world(name, steps):
    """Returns the world of a data set's images, ten of each class with a label."""
    from kvae import VAEOverSampler, load
    from kvae.explorer.fitted_world import FittedWorld

    rows = load(name).train
    labels = np.full(len(rows.y), np.nan)
    for c in np.unique(rows.y):
        few = np.flatnonzero(rows.y == c)[:10]
        labels[few] = c
    sampler = VAEOverSampler(
        method="propagate", steps=steps, latent_dim=16, beta=0.2, random_state=0
    )
    sampler.set_params(sampling_strategy={})  # it is the codes that are looked at
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", KvaeWarning)
        sampler.fit_resample(rows.x, labels)
    return FittedWorld(sampler, name)


def measure(world, moves):
    """Returns {kind of move: milliseconds of each}, seconds until the page stood."""
    from playwright.sync_api import sync_playwright

    server = Server(world, listen())
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=options)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        start = time.perf_counter()
        page.goto(server.url)
        page.wait_for_selector("#view img")
        page.wait_for_selector("#map .scatterlayer .point")
        stood = time.perf_counter() - start
        page.wait_for_load_state("networkidle")
        page.evaluate(MOVES, ["slider", 3])  # the first ones trace functions
        times = {
            kind: page.evaluate(MOVES, [kind, moves]) for kind in ("slider", "click")
        }
        browser.close()
    server.stop()
    thread.join()
    return times, stood


def main(config):
    """Prints a line for each data set and kind of move."""
    if not (shutil.which("chromium") or shutil.which("chromium-browser")):
        sys.exit("error: there is no Chromium here: apt-get install chromium")
    names = ["digits"]
    if not config.quick and "TFDS_DATA_DIR" in os.environ:
        names.append("mnist")
    print(f"{'data':8} {'codes':>7} {'move':8} {'median ms':>10} {'90 % below':>11}")
    for name in names:
        world = make_world(name, steps=config.steps)
        times, stood = measure(world, moves=config.moves)
        for kind, each in times.items():
            median, most = np.quantile(each, [0.5, 0.9])
            print(f"{name:8} {len(world.z):7,} {kind:8} {median:10.0f} {most:11.0f}")
        print(f"{name:8} the page stood after {stood:.1f} s", flush=True)


if __name__ == "__main__":
    timing.run_benchmark(main, Config, QUICK, __doc__)
