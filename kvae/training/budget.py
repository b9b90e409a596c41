"""What training may spend."""

import dataclasses

from kvae.checks import expect_count


@dataclasses.dataclass(frozen=True)
class Budget:
    """What cross-validation may spend: candidates x splits x steps.

    Args:
        folds: int, parts of the rows; at most the rows of the smallest class.
        repeats: int, how often they are parted anew.
        steps: int, gradient steps of each classifier.
        vae_steps: int, of each VAE.
        latent_dim: int, of each VAE.
        beta: float, of each VAE; by default 1 for tables and 0.2 for images.
        batch_size: int, of all of them.
        learning_rate: float, Adam's, of the classifiers.
        convnet_dtype: Keras dtype policy of convnets.
        seconds: float, wall-clock limit, looked at after VAEs, generative classifiers
            and new rows; it only aborts. None for no limit.

    Raises:
        ValueError: for numbers out of range.
    """

    folds: int = 5
    repeats: int = 2
    steps: int = 500
    vae_steps: int = 1500
    latent_dim: int = 2
    batch_size: int = 32
    learning_rate: float = 1e-3
    convnet_dtype: str = "float32"
    seconds: float | None = None
    beta: float | None = None

    def __post_init__(self):
        expect_count("folds of Budget", self.folds, 2)
        for name in ("repeats", "steps", "vae_steps", "latent_dim", "batch_size"):
            expect_count(f"{name} of Budget", getattr(self, name), 1)
