"""The beta-TCVAE: beta counts what latents share, not all that they say."""

import keras
import numpy as np

from kvae import losses
from kvae.models.beta_vae import BetaVAE


@keras.saving.register_keras_serializable(package="kvae")
class BetaTCVAE(BetaVAE):
    """A BetaVAE whose beta multiplies the total correlation alone.

    loss = reconstruction + KL + (coefficient - 1) * TC, in nats: the KL is the sum of
    what x and z share, of the total correlation TC, and of how far each latent is from
    N(0, 1); only the second is weighted by the coefficient, which is beta, or beta * d
    / N with `normalize_beta`. With a coefficient of 1 it is the plain VAE.

    TC is estimated within each batch (`losses.total_correlation`): batches of 64 rows
    or more.

    Args:
        encoder: as in BetaVAE.
        decoder: as in BetaVAE.
        **kwargs: as in BetaVAE, without `capacity` and `deterministic`.

    Raises:
        ValueError: for a capacity, or a deterministic autoencoder, which has no KL.

    Example:
        >>> from kvae import DenseDecoder, DenseEncoder
        >>> vae = BetaTCVAE(DenseEncoder(2), DenseDecoder((8, 8, 1)), beta=6.0)
        >>> vae.compile("adam")
        >>> history = vae.fit(np.zeros((64, 8, 8, 1)), verbose=0)

    Reference:
        Chen et al. 2018, Isolating Sources of Disentanglement in VAEs, equation 4 with
        alpha = gamma = 1.
    """

    def __init__(self, encoder, decoder, **kwargs):
        super().__init__(encoder, decoder, **kwargs)
        if self.deterministic or np.any(self.capacity):
            raise ValueError(
                "BetaTCVAE expects a KL without capacity, of which beta weights a part."
                f" Received: capacity={self.capacity!r}, deterministic="
                f"{self.deterministic!r}. Use a BetaVAE for these."
            )

    def _penalty(self, kl, codes):
        shared = losses.total_correlation(*codes)
        return kl + (self._beta_in_graph(kl.dtype) - 1.0) * shared
