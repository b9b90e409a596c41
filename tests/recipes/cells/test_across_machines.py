import numpy as np
import pytest

from kvae.data.source import Source
from recipes.cells import across_machines


def source():
    stream = np.random.default_rng(0)
    x = stream.random((48, 4, 4, 1)).astype("float32")
    return Source.from_arrays(x, np.arange(48) % 2)


def train(out, epochs):
    sizes = {"batch_size": 8, "seed": 0, "hidden": (6,), "latent": 2}
    return across_machines.train(out, ("alone:1",), 0, source, epochs=epochs, **sizes)


def weights(vae):
    return np.concatenate([np.ravel(w) for w in vae.get_weights()])


def test_a_run_that_was_stopped_goes_on_as_if_it_had_not_been(tmp_path, monkeypatch):
    whole = train(tmp_path / "whole", epochs=4)

    class Stopped(Exception):
        pass

    class Stops(across_machines.Curve):
        def on_epoch_end(self, epoch, logs=None):
            super().on_epoch_end(epoch, logs)
            if epoch == 2:  # in the curve, and in no backup
                raise Stopped

    with monkeypatch.context() as patch:
        patch.setattr(across_machines, "Curve", Stops)
        with pytest.raises(Stopped):
            train(tmp_path / "stopped", epochs=4)
    assert [path.name for path in (tmp_path / "stopped" / "backup").iterdir()] == ["2"]
    # As a kill leaves it that comes while a backup is written.
    (tmp_path / "stopped" / "backup" / "new").mkdir()
    (tmp_path / "stopped" / "backup" / "new" / "latest.weights.h5").write_text("half")
    resumed = train(tmp_path / "stopped", epochs=4)
    np.testing.assert_array_equal(weights(resumed), weights(whole))
    curves = [
        across_machines.read_curve(tmp_path / name / "curve.csv")
        for name in ("whole", "stopped")
    ]
    assert curves[0]["epoch"].tolist() == curves[1]["epoch"].tolist() == [0, 1, 2, 3]
    assert curves[0]["loss"].tolist() == curves[1]["loss"].tolist()
    path = tmp_path / "stopped" / "vae.keras"
    assert across_machines.held_out(path, source()) == pytest.approx(-11, abs=2)


def test_one_worker_writes_backups(tmp_path):
    backup = across_machines.Backup(tmp_path / "backup", writes=False)
    backup.on_epoch_end(0)
    assert backup.epochs_done() == 0
    assert not (tmp_path / "backup").exists()
