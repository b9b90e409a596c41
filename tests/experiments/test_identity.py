"""Identity: what was run, whatever it is called and however it is spelled."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from kvae.experiments.identity import digest, identity, key_of, without_defaults
from kvae.training import Budget, VAESettings


def settings_of(**more_fields):
    """Returns instances of two spellings of one dataclass."""

    @dataclasses.dataclass(frozen=True)
    class Settings:
        steps: int
        beta: float = 1.0

    fields = [("steps", int), ("beta", float, 1.0)]
    fields += [(name, type(value), value) for name, value in more_fields.items()]
    Renamed = dataclasses.make_dataclass("Renamed", fields, frozen=True)
    return Settings, Renamed


def test_a_new_field_with_a_default_changes_no_key():
    old, new = settings_of(dropout=0.0, layers=(64,))
    for arguments in ({"steps": 5}, {"steps": 5, "beta": 0.5}):
        before, after = ({"settings": cls(**arguments)} for cls in (old, new))
        assert key_of(before) == key_of(after)
    assert key_of({"settings": new(5)}) != key_of({"settings": new(5, dropout=0.1)})


def test_a_new_argument_with_a_default_changes_no_key():
    def old(shots, cells): ...
    def new(shots, cells, mix_in=0.0): ...

    what = {"shots": 5}
    assert without_defaults(old, what) == without_defaults(new, {**what, "mix_in": 0.0})
    assert without_defaults(new, {**what, "mix_in": 0.2}) == {**what, "mix_in": 0.2}


def test_keys_tell_what_was_run_apart():
    settings = VAESettings(2, 1.0, (64,), "gaussian", 32, 6000)
    keys = {
        key_of({"settings": settings}),
        key_of({"settings": dataclasses.replace(settings, beta=0.5)}),
        key_of({"settings": dataclasses.replace(settings, normalize_beta=True)}),
        key_of({"settings": [settings, settings]}),
        key_of({"settings": None}),
    }
    assert len(keys) == 5


def test_order_and_kinds_of_numbers_do_not_matter():
    one = {"steps": np.int64(600), "beta": np.float32(1.0), "rows": (1, 2)}
    two = {"rows": [1.0, 2], "beta": 1, "steps": 600}
    assert digest(one) == digest(two)
    assert digest({"on": True}) != digest({"on": 1})


@pytest.mark.parametrize("odd", [Path("out"), object(), {1, 2}, np.zeros(2)])
def test_what_says_where_or_how_is_refused(odd):
    with pytest.raises(TypeError, match="identity expects"):
        identity({"what": odd})


def test_known_settings_have_the_keys_they_always_had():
    """Written down: a default that changes would give old results another meaning."""
    vae = VAESettings(50, 0.5, (512, 256), "bernoulli", 256, 5860)
    assert digest(vae) == "27cc81b657d23871"
    assert digest(Budget()) == digest({})
    budget = {
        "folds": 5,
        "repeats": 2,
        "steps": 500,
        "vae_steps": 1500,
        "latent_dim": 2,
        "batch_size": 32,
        "learning_rate": 1e-3,
        "convnet_dtype": "float32",
        "seconds": None,
        "beta": None,
    }
    assert dataclasses.asdict(Budget()) == budget
    assert dataclasses.asdict(vae)["learning_rate"] == 1e-3
    assert not vae.normalize_beta
