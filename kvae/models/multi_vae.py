"""Multi-VAE: one VAE for each class, as one stack."""

import keras

from kvae.models.beta_vae import BetaVAE


@keras.saving.register_keras_serializable(package="kvae")
class MultiVAE(BetaVAE):
    """A BetaVAE whose replica c is the VAE of class c.

    Arguments are those of `BetaVAE`; encoder and decoder need a replica for each
    class. `kvae.training.class_batches` makes the batches that train it.

    Raises:
        ValueError: without a replica axis.

    Example:
        >>> from kvae import DenseDecoder, DenseEncoder
        >>> from kvae.training import class_seeds
        >>> seeds = class_seeds(seed=0, num_classes=3)
        >>> encoder = DenseEncoder(2, seeds=seeds)
        >>> MultiVAE(encoder, DenseDecoder((4,), seeds=seeds)).replicas
        3

    Reference:
        Moreno-Barea, Jerez and Franco 2020, Improving classification accuracy using
        data augmentation on small data sets; Iser 2023, "Multi-VAE".
    """

    def __init__(self, encoder, decoder, **kwargs):
        super().__init__(encoder, decoder, **kwargs)
        if self.replicas is None:
            raise ValueError(
                "MultiVAE expects an encoder and a decoder with a replica for each "
                "class, such as DenseEncoder(..., seeds=class_seeds(0, num_classes)). "
                "Received: models without a replica axis."
            )
