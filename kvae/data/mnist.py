"""MNIST from a folder that tfds prepared; never from the network."""

from kvae.data.source import Source


def mnist(data_dir=None):
    """28x28 grey images of handwritten digits, 60,000 for training, 10,000 for test."""
    return Source.from_tfds("mnist", data_dir, licence="CC BY-SA 3.0")
