"""How much faster one stack searches beta and learning rate than trial after trial.

    python -m tools.benchmark_search           # 20 pairs; 3 min on 2 cores
    python -m tools.benchmark_search --quick   # 4 pairs; 20 s

Both train the same VAEs (digits, 64-64-d-64-64) for the same steps on the same batches:
`search_stacked` as one replicated model, KerasTuner one trial after another, with the
`fit` of `BetaVAEHyperModel`. The winner must be the same.
"""

import dataclasses
import itertools
import tempfile
from dataclasses import dataclass

from tools import timing


@dataclass(frozen=True)
class Config:
    betas: tuple[float, ...] = (0.125, 0.25, 0.5, 1.0, 2.0)
    """Values of beta."""
    rates: tuple[float, ...] = (3e-4, 1e-3, 3e-3, 1e-2)
    """Learning rates."""
    steps: int = 1000
    """Training steps of each trial."""
    rounds: int = 3
    """How often both are timed, in turns."""
    quick: bool = False
    """Four pairs and few steps: a check that everything runs."""


QUICK = {"betas": (0.5, 2.0), "rates": (1e-3, 1e-2), "steps": 100, "rounds": 1}


def main(config):
    import kvae
    from kvae.training import VAESettings

    x = kvae.load("digits").train.x
    x, validation = x[:1000], x[1000:]
    settings = VAESettings(
        8, 1.0, (64,), "bernoulli", batch_size=128, steps=config.steps
    )
    pairs = list(itertools.product(config.betas, config.rates))
    seconds, winners = {"stack": [], "tuner": []}, []
    for _ in range(config.rounds):
        took, best = timing.timed(lambda: _stacked(x, validation, pairs, settings))
        seconds["stack"].append(took)
        winners.append(best)
        took, best = timing.timed(lambda: _one_by_one(x, validation, pairs, settings))
        seconds["tuner"].append(took)
        winners.append(best)
    same = "the same winner" if len(set(winners)) == 1 else f"winners: {winners}"
    beta, rate = winners[0]
    print(f"{len(pairs)} pairs, {config.steps} steps each; {same}: {beta:g}, {rate:g}")
    print(f"one stack      {min(seconds['stack']):.1f} s")
    print(f"KerasTuner     {min(seconds['tuner']):.1f} s")
    print(f"times as fast  {timing.ratios(seconds['tuner'], seconds['stack'])}")


def _stacked(x, validation, pairs, settings):
    """Returns the best (beta, learning rate)."""
    from kvae.tuning import search_stacked

    trials = [{"beta": beta, "learning_rate": rate} for beta, rate in pairs]
    table, _ = search_stacked(x, validation, trials, settings)
    return float(table["beta"].iloc[0]), float(table["learning_rate"].iloc[0])


def _one_by_one(x, validation, pairs, settings):
    """Returns the best (beta, learning rate)."""
    from kvae.tuning import BetaVAEHyperModel, make_tuner

    class Pairs(BetaVAEHyperModel):
        def settings(self, hp):
            beta, rate = pairs[hp.Choice("pair", list(range(len(pairs))))]
            hp.Fixed("batch_size", settings.batch_size)
            hp.Fixed("steps", settings.steps)
            return dataclasses.replace(settings, beta=beta, learning_rate=rate)

    with tempfile.TemporaryDirectory() as directory:
        tuner = make_tuner(
            "grid",
            Pairs(x.shape[1:], steps_per_epoch=settings.steps),
            trials=len(pairs),
            directory=directory,
            progress=False,
        )
        tuner.search(x, validation_data=(validation,), verbose=0)
        (best,) = tuner.get_best_hyperparameters(1)
    return pairs[best.get("pair")]


if __name__ == "__main__":
    timing.run_benchmark(main, Config, QUICK, __doc__)
