"""The protocol: settings, one VAE for each label seed, what each method generates."""

import dataclasses

from kvae import random
from kvae.models.multi_vae import MultiVAE
from kvae.models.replicas import take
from kvae.training.vaes import VAESettings, class_rows, class_seeds, fit_vaes


@dataclasses.dataclass(frozen=True)
class Settings:
    """What a table fixes for all its methods.

    Args:
        single_vae: VAESettings, trained on all training rows without labels.
        multi_vae: VAESettings, one VAE for each class, trained on labelled rows.
        steps: int, gradient steps of the classifier.
        batch_size: int, the classifier's.
        learning_rate: float, the classifier's Adam.
        convnet_dtype: Keras dtype policy that convnets are trained with; their
            weights, logits and scores are float32 in any case.
    """

    single_vae: VAESettings
    multi_vae: VAESettings
    steps: int
    batch_size: int
    learning_rate: float = 1e-3
    convnet_dtype: str = "float32"

    def quick(self):
        """Returns the same settings with a tenth of the VAE's and half the steps."""
        vaes = {
            name: dataclasses.replace(vae, steps=max(1, vae.steps // 10))
            for name, vae in (
                ("single_vae", self.single_vae),
                ("multi_vae", self.multi_vae),
            )
        }
        return dataclasses.replace(self, **vaes, steps=self.steps // 2)


def default_settings(source, generated=None):
    """Returns the settings of the protocol for a source.

    MNIST: d 50, beta 0.5, dense 784-512-256, batch 256, 25 passes over 60,000 rows;
    convnet, 600 steps of 64 (1,500 where more than 1,000 rows per class are
    generated). Tables: d 2, hidden 64, 6,000 steps; MLP, 1,000 steps of 32.

    Args:
        source: Source.
        generated: int, rows generated per class; None for as many as real ones.
    """
    if not source.is_image:
        vae = VAESettings(2, 1.0, (64,), "gaussian", 32, 6000)
        return Settings(vae, vae, steps=1000, batch_size=32)
    if source.element_shape == (28, 28, 1):
        single = VAESettings(50, 0.5, (512, 256), "bernoulli", 256, 5860)
        multi = VAESettings(50, 0.5, (256,), "bernoulli", 16, 1000)
    else:
        # Chosen on a development split of digits among three (d, beta), see README.
        single = VAESettings(16, 0.2, (128, 64), "bernoulli", 128, 2000)
        multi = VAESettings(10, 0.5, (64,), "bernoulli", 16, 500)
    steps = 1500 if generated is not None and generated > 1000 else 600
    return Settings(single, multi, steps=steps, batch_size=64)


def fit_single_vaes(source, seeds, settings, callbacks=None):
    """Trains one VAE for each seed on all training rows, without labels, as a stack.

    One VAE for each label seed: paired differences are then independent over seeds.

    Returns:
        BetaVAE with len(seeds) replicas.
    """
    return fit_vaes(
        source.train.x,
        [random.derive(seed, "single_vae") for seed in seeds],
        settings.single_vae,
        num_attributes=source.num_attributes,
        callbacks=callbacks,
    )


def fit_multi_vaes(draws, seeds, settings, mix_in=0.0, callbacks=None, **more):
    """Trains a VAE for each class and each seed on labelled rows, all as one stack.

    Args:
        draws: list of FewShot, one for each seed.
        seeds: list of ints.
        settings: Settings.
        mix_in: float, share of other classes' rows.
        callbacks: list of Keras callbacks.
        **more: arguments of MultiVAE, such as schema.

    Returns:
        List of MultiVAE, one for each seed.
    """
    source = draws[0].source
    num_classes = source.num_classes
    stack_seeds, rows = [], []
    for seed, draw in zip(seeds, draws, strict=True):
        own_seeds = class_seeds(seed, num_classes)
        own_rows = class_rows(draw.rows.y, own_seeds, mix_in)
        stack_seeds += own_seeds
        rows += [draw.labelled[own] for own in own_rows]
    # One stack for all seeds: each Multi-VAE is a stretch of its replicas.
    vae = fit_vaes(
        source.train.x,
        stack_seeds,
        settings.multi_vae,
        rows,
        MultiVAE,
        source.num_attributes,
        callbacks,
        **more,
    )
    return [
        take(vae, range(start, start + num_classes))
        for start in range(0, len(stack_seeds), num_classes)
    ]
