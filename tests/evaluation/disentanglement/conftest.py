import numpy as np
import pytest


@pytest.fixture(scope="session")
def factors():
    """Four independent factors of 3, 2, 16 and 10 levels, 4,000 rows."""
    stream = np.random.default_rng(0)
    return np.stack([stream.integers(n, size=4000) for n in (3, 2, 16, 10)], axis=1)


@pytest.fixture(scope="session")
def random_codes(factors):
    return np.random.default_rng(1).normal(size=(len(factors), 6))


@pytest.fixture(scope="session")
def mixed(factors):
    """Each latent holds a quarter of every factor: nothing lost, all entangled."""
    rotation = np.array([[1, 1, 1, 1], [1, -1, 1, -1], [1, 1, -1, -1], [1, -1, -1, 1]])
    return (factors - factors.mean(axis=0)) / factors.std(axis=0) @ (rotation / 2)
