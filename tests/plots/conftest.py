import matplotlib

matplotlib.use("Agg")

import pytest  # noqa: E402


@pytest.fixture
def ax():
    import matplotlib.pyplot as plt

    figure, ax = plt.subplots()
    yield ax
    plt.close(figure)
