"""KL warm-up: how much the KL counts, over the training steps."""

import keras
import numpy as np

from kvae.checks import expect_at_least, expect_count, expect_one_of

KINDS = ("linear", "cyclic", "capacity")


class BetaSchedule(keras.callbacks.Callback):
    """Moves beta, or the capacity, of a BetaVAE while it trains.

    - "linear": beta goes from 0 to `beta` within `steps`, and stays there (Bowman et
      al. 2016).
    - "cyclic": `steps` are cut into `cycles`; in each, beta rises from 0 to `beta` in
      its first half, and stays there (Fu et al. 2019). Afterwards it stays at `beta`.
    - "capacity": beta is `beta`, and the capacity goes from 0 to `capacity` nats: the
      loss is reconstruction + beta * |KL - capacity| (Burgess et al. 2018).

    What holds depends on the optimizer's count of steps alone, so that a training that
    goes on, from a backup or a saved file, goes on here too.

    Args:
        kind: "linear", "cyclic" or "capacity".
        steps: int, training steps of the schedule (batches, not epochs).
        beta: float, or R floats for a stack: where it ends.
        capacity: float, or R floats, in nats; for "capacity" alone.
        cycles: int, for "cyclic".
        rise: float in (0, 1], the part of a cycle in which beta rises.

    Raises:
        ValueError: for an unknown kind or numbers out of range; in training, for a
            model without beta.

    Example:
        >>> schedule = BetaSchedule("linear", steps=100, beta=0.5)
        >>> schedule.values(50)
        {'beta': 0.25}
        >>> BetaSchedule("capacity", steps=100, beta=30.0, capacity=25.0).values(200)
        {'beta': 30.0, 'capacity': 25.0}

    Reference:
        Bowman et al. 2016, Generating Sentences from a Continuous Space; Fu et al.
        2019, Cyclical Annealing Schedule; Burgess et al. 2018, Understanding
        disentangling in beta-VAE, equation 8.
    """

    def __init__(self, kind, steps, beta=1.0, capacity=None, cycles=4, rise=0.5):
        super().__init__()
        expect_one_of("kind of BetaSchedule", kind, KINDS)
        expect_count("steps of BetaSchedule", steps, 1)
        expect_count("cycles of BetaSchedule", cycles, 1)
        if not 0 < rise <= 1:
            raise ValueError(
                f"rise of BetaSchedule expects a number in (0, 1]. Received: {rise!r}."
            )
        if (capacity is None) == (kind == "capacity"):
            raise ValueError(
                "capacity of BetaSchedule belongs to kind='capacity', which needs it, "
                f"in nats. Received: kind={kind!r}, capacity={capacity!r}."
            )
        for name, value in (("beta", beta), ("capacity", capacity)):
            for number in np.ravel([] if value is None else value):
                expect_at_least(f"{name} of BetaSchedule", number, 0)
        self.kind, self.steps, self.cycles, self.rise = kind, steps, cycles, rise
        self.beta, self.capacity = beta, capacity

    def values(self, step):
        """Returns {name: value} of what holds in training step `step`, from 0."""
        done = min(step / self.steps, 1.0)
        if self.kind == "capacity":
            return {"beta": self.beta, "capacity": _times(done, self.capacity)}
        if self.kind == "cyclic" and done < 1:
            done = min(done * self.cycles % 1.0 / self.rise, 1.0)
        return {"beta": _times(done, self.beta)}

    def on_train_batch_begin(self, batch, logs=None):
        """Sets what holds from here on; once for `steps_per_execution` steps."""
        if not hasattr(self.model, "beta"):
            raise ValueError(
                f"BetaSchedule expects a BetaVAE. Received: {self.model.name!r}, a "
                f"{type(self.model).__name__} without beta."
            )
        optimizer = self.model.optimizer
        steps = int(keras.ops.convert_to_numpy(optimizer.iterations))
        steps *= optimizer.gradient_accumulation_steps or 1  # it counts updates
        for name, value in self.values(steps).items():
            setattr(self.model, name, value)

    def on_train_end(self, logs=None):
        """Sets what holds after the last step: it is saved with the model."""
        self.on_train_batch_begin(None)


def _times(share, value):
    return share * value if np.ndim(value) == 0 else [share * v for v in value]
