import pytest

from kvae.augmentation.methods import METHODS
from kvae.verdicts.known_gains import KNOWN_GAINS, KnownGain


def test_the_surer_of_the_two_counts_for_more():
    gain = KnownGain(0.02, 0.02)
    unsure = gain.weighed_with(-0.1, -10.1, 9.9, 0.95)
    sure = gain.weighed_with(-0.1, -0.1001, -0.0999, 0.95)
    assert unsure == pytest.approx(0.02, abs=1e-4)
    assert sure == pytest.approx(-0.1, abs=1e-4)
    # Equally sure: half way. 1.96 standard errors are the half width of 95 %.
    half = 1.959964 * 0.02
    equal = gain.weighed_with(-0.1, -0.1 - half, -0.1 + half, 0.95)
    assert equal == pytest.approx(-0.04)


def test_says_how_much_tables_differ():
    assert str(KnownGain(0.02, 0.03)) == "+0.020 (standard deviation 0.030)"


def test_each_is_a_method():
    assert set(KNOWN_GAINS) <= set(METHODS)
