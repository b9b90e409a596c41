import keras
import numpy as np
import pytest

from kvae.data import batches
from kvae.training.training_curve import TrainingCurve


class Logs(keras.callbacks.Callback):
    """The loss of each step, by an independent way: means since the epoch began."""

    def __init__(self):
        super().__init__()
        self.sums = [0.0]

    def on_train_batch_end(self, batch, logs=None):
        self.sums.append((batch + 1) * float(np.mean(logs["loss"])))


def test_points_are_the_means_of_their_steps(make_vae, table_rows):
    vae, curve, logs = make_vae(), TrainingCurve(), Logs()
    vae.compile("adam", steps_per_execution=1)
    vae.fit(table_rows.x, batch_size=4, epochs=1, callbacks=[curve, logs], verbose=0)
    table = curve.table()
    np.testing.assert_allclose(table["loss"], np.diff(logs.sums), rtol=1e-3)
    total = table["reconstruction"] + table["kl"]
    np.testing.assert_allclose(table["loss"], total, rtol=1e-3)


def test_steps_go_on_over_epochs(make_vae, table_rows):
    curve = TrainingCurve(steps=20)
    make_vae().fit(table_rows.x, batch_size=2, epochs=3, callbacks=[curve], verbose=0)
    assert curve.table().index.tolist() == [20, 40, 60]
    assert np.isfinite(curve.table().to_numpy()).all()


@pytest.mark.parametrize("seeds", [0, (0, 1)])
def test_training_is_the_same_with_it(make_vae, table_rows, seeds):
    rows = batches(table_rows.x, batch_size=16, steps=30, seeds=seeds)
    weights = []
    for callbacks in ([], [TrainingCurve()]):
        vae = make_vae(seeds)
        vae.fit(rows, callbacks=callbacks, verbose=0)
        weights.append(vae.get_weights())
    for one, other in zip(*weights, strict=True):
        np.testing.assert_array_equal(one, other)


def test_nothing_trained_is_an_empty_table():
    assert len(TrainingCurve().table()) == 0


def test_a_new_epoch_has_means_of_its_own():
    curve = TrainingCurve(steps=2)
    for epoch, losses in enumerate([(4.0, 2.0, 0.0), (1.0, 3.0, 2.0)]):
        curve.on_epoch_begin(epoch)
        for batch in range(3):
            mean = np.mean(losses[: batch + 1])
            curve.on_train_batch_end(batch, {"loss": mean})
    # Steps 1 and 2; 4 (of 3 and 4 only the new epoch's is known); 5 and 6.
    table = curve.table()
    assert table.index.tolist() == [2, 4, 6]
    np.testing.assert_allclose(table["loss"], [3.0, 1.0, 2.5])
