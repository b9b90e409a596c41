"""Searches at a pace that a test can wait for."""

import gc

import pytest


@pytest.fixture(autouse=True)
def nothing_old_to_collect():
    """KerasTuner collects garbage before each trial: half a second of old objects."""
    gc.freeze()


@pytest.fixture(autouse=True, scope="package")
def no_objects_kept_from_it_afterwards():
    yield
    gc.unfreeze()
