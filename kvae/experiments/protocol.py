"""The protocol: what a table fixes for all methods, and its VAEs for each seed."""

import dataclasses

from kvae import random
from kvae.models.multi_vae import MultiVAE
from kvae.models.replicas import take
from kvae.training.plan import image_units
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


def default_settings(source, generated=None, vae=None):
    """Returns the protocol's settings for a source.

    MNIST: d 50, beta 0.5, dense 784-512-256, batch 256, 25 passes over 60,000 rows;
    convnet, 600 steps of 64 (1,500 where more than 1,000 rows per class are
    generated). Images of other sizes get networks of their size. Tables: d 2, hidden
    64, 6,000 steps; MLP, 1,000 steps of 32.

    Args:
        source: Source.
        generated: int, rows generated per class; None for as many as real ones.
        vae: optional VAESettings that a search has found, for the Single-VAEs; the
            Multi-VAEs share its latent dimension and beta.
    """
    settings = _protocol(source, generated)
    if vae is None:
        return settings
    shared = {"latent_dim": vae.latent_dim, "beta": vae.beta}
    multi = dataclasses.replace(settings.multi_vae, **shared)
    # What the rows are decides on their likelihood, not what was searched on.
    reconstruction = settings.single_vae.reconstruction
    single = dataclasses.replace(vae, reconstruction=reconstruction)
    return dataclasses.replace(settings, single_vae=single, multi_vae=multi)


def _protocol(source, generated):
    if not source.is_image:
        vae = VAESettings(2, 1.0, (64,), "gaussian", batch_size=32, steps=6000)
        return Settings(vae, vae, steps=1000, batch_size=32)
    units = image_units(source.num_attributes)
    many = len(source.train.y) > 5000
    batch_size, steps = (256, 5860) if many else (128, 2000)
    if source.num_attributes > 256:
        single = VAESettings(50, 0.5, units, "bernoulli", batch_size, steps)
        multi = VAESettings(50, 0.5, units[1:], "bernoulli", batch_size=16, steps=1000)
    else:
        # Chosen on a development split of digits among three (d, beta).
        single = VAESettings(16, 0.2, units, "bernoulli", batch_size, steps)
        multi = VAESettings(10, 0.5, units[1:], "bernoulli", batch_size=16, steps=500)
    steps = 1500 if generated is not None and generated > 1000 else 600
    return Settings(single, multi, steps=steps, batch_size=64)


def fit_single_vaes(source, seeds, settings, callbacks=None):
    """Trains one VAE for each seed on all training rows, without labels, as a stack.

    One VAE for each label seed: paired differences are then independent over seeds.

    Args:
        source: Source.
        seeds: list of int.
        settings: VAESettings.
        callbacks: list of Keras callbacks.

    Returns:
        BetaVAE with len(seeds) replicas.
    """
    return fit_vaes(
        source.train.x,
        [random.derive(seed, "single_vae") for seed in seeds],
        settings,
        num_attributes=source.num_attributes,
        callbacks=callbacks,
    )


def fit_multi_vaes(draws, seeds, settings, mix_in=0.0, callbacks=None):
    """Trains a VAE for each class and each seed on labelled rows, all as one stack.

    Args:
        draws: list of FewShot, one for each seed.
        seeds: list of ints.
        settings: VAESettings.
        mix_in: float, share of other classes' rows.
        callbacks: list of Keras callbacks.

    Returns:
        List of MultiVAE, one for each seed.
    """
    source = draws[0].source
    num_classes = source.num_classes
    stack_seeds, rows = [], []
    for seed, draw in zip(seeds, draws, strict=True):
        seeds_of_classes = class_seeds(seed, num_classes)
        rows_of_classes = class_rows(draw.rows.y, seeds_of_classes, mix_in)
        stack_seeds += seeds_of_classes
        rows += [draw.labelled[positions] for positions in rows_of_classes]
    # One stack for all seeds: each Multi-VAE is a stretch of its replicas.
    vae = fit_vaes(
        source.train.x,
        stack_seeds,
        settings,
        rows=rows,
        cls=MultiVAE,
        num_attributes=source.num_attributes,
        callbacks=callbacks,
    )
    return [
        take(vae, range(start, start + num_classes))
        for start in range(0, len(stack_seeds), num_classes)
    ]
