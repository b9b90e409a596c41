"""One VAE for all classes that is told the class: the rival of the Multi-VAE."""

import keras
import numpy as np
from keras import ops

from kvae.checks import expect_count
from kvae.models.beta_vae import BetaVAE


@keras.saving.register_keras_serializable(package="kvae")
class ConditionalVAE(BetaVAE):
    """A BetaVAE of p(x | class): encoder and decoder get the class besides x and z.

    Its rows are (x, one-hot class), made by `with_class`; the decoder gives the class
    back as zeros that no loss looks at. `kvae.latent.encode` and `kvae.generate` add
    and remove it themselves: they take rows as those of any other VAE.

    Args:
        encoder: as in BetaVAE.
        decoder: as in BetaVAE, of rows with the class: (F + K,).
        num_classes: int K.
        schema: tuple of Attribute of x, without the class.
        **kwargs: as in BetaVAE; the reconstruction is "mixed".

    Raises:
        ValueError: for another reconstruction than "mixed", or no schema.

    Example:
        >>> from kvae import DenseDecoder, DenseEncoder
        >>> from kvae.schema import continuous
        >>> vae = ConditionalVAE(
        ...     DenseEncoder(2), DenseDecoder((5,)), 2, schema=continuous("abc")
        ... )
        >>> vae.build((None, 5))
        >>> vae.with_class(np.zeros((2, 3)), [0, 1]).tolist()
        [[0.0, 0.0, 0.0, 1.0, 0.0], [0.0, 0.0, 0.0, 0.0, 1.0]]

    Reference:
        Sohn, Lee and Yan 2015, Learning Structured Output Representation using Deep
        Conditional Generative Models.
    """

    def __init__(self, encoder, decoder, num_classes, schema=None, **kwargs):
        expect_count("num_classes of ConditionalVAE", num_classes, 2)
        kwargs = {"reconstruction": "mixed", **kwargs}
        super().__init__(encoder, decoder, schema=schema, **kwargs)
        if self.likelihood.schema is None:
            raise ValueError(
                "ConditionalVAE expects reconstruction='mixed', and a schema. "
                f"Received: {self.reconstruction!r}."
            )
        self.num_classes = num_classes

    @property
    def condition_dim(self):
        """int: K, the inputs that tell the decoder the class."""
        return self.num_classes

    def with_class(self, rows, label):
        """Returns rows or codes (N, ...) followed by the one-hot class (N, K).

        Args:
            rows: float array (N, D).
            label: int array (N,); -1, unlabelled, gives zeros.
        """
        label = np.asarray(label)
        one_hot = np.eye(self.num_classes + 1, dtype="float32")[label, :-1]
        return np.concatenate([np.asarray(rows), one_hot], axis=1)

    def get_config(self):
        """Returns the arguments."""
        return {**super().get_config(), "num_classes": self.num_classes}

    def _with_condition(self, z, x):
        one_hot = ops.cast(x[..., -self.num_classes :], z.dtype)
        return ops.concatenate([z, one_hot], axis=-1)

    def _compared(self, target, x_hat):
        true, predicted = super()._compared(target, x_hat)
        return true[..., : -self.num_classes], predicted[..., : -self.num_classes]
