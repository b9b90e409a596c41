"""Recipes at a scale that a test can wait for."""

import dataclasses

import pytest

from kvae import experiments


@pytest.fixture
def few_steps(monkeypatch):
    """The protocol's settings with a thirtieth of the steps."""
    default = experiments.default_settings

    def few(source, generated=None, vae=None):
        settings = default(source, generated, vae)
        vaes = {
            name: dataclasses.replace(getattr(settings, name), steps=200)
            for name in ("single_vae", "multi_vae")
        }
        return dataclasses.replace(settings, **vaes, steps=settings.steps // 30)

    monkeypatch.setattr(experiments, "default_settings", few)
