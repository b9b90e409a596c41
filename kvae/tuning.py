"""Models for KerasTuner: what a search builds in each of its trials.

    tuner = keras_tuner.RandomSearch(
        DenseVAEHyperModel((28, 28, 1)), keras_tuner.Objective("val_loss", "min")
    )
    tuner.search(x, validation_data=(x_validation,), epochs=5)

KerasTuner comes with the extra `search`.
"""

try:
    import keras_tuner
except ImportError as error:
    raise ImportError(
        "kvae.tuning needs KerasTuner. Install it with pip install 'kvae[search]'."
    ) from error

from kvae.training.vaes import VAESettings


class DenseVAEHyperModel(keras_tuner.HyperModel):
    """A dense BetaVAE: latent dimension, units and learning rate are searched.

    Args:
        element_shape: shape of one row, (H, W, C) or (F,).
        reconstruction: "bernoulli" or "gaussian".
        beta: float. It is not searched: losses of different betas do not compare.
        seed: int, of weights and noise.
        **kwargs: arguments of keras_tuner.HyperModel.

    Example:
        >>> model = DenseVAEHyperModel((4,), reconstruction="gaussian")
        >>> model.build(keras_tuner.HyperParameters()).latent_dim
        8

    Reference:
        keras.io/keras_tuner/api/hypermodels/base_hypermodel
    """

    def __init__(
        self, element_shape, reconstruction="bernoulli", beta=0.5, seed=0, **kwargs
    ):
        super().__init__(**kwargs)
        self.element_shape = tuple(element_shape)
        self.reconstruction, self.beta, self.seed = reconstruction, beta, seed

    def declare_hyperparameters(self, hp):
        """Adds what is searched to the hyperparameters, with its defaults."""
        hp.Int("latent_dim", 2, 64, sampling="log", default=8)
        hp.Int("units", 16, 512, sampling="log", default=64)
        hp.Float("learning_rate", 1e-4, 1e-2, sampling="log", default=1e-3)

    def build(self, hp):
        """Returns a built, compiled BetaVAE."""
        self.declare_hyperparameters(hp)
        settings = VAESettings(
            latent_dim=hp.get("latent_dim"),
            beta=self.beta,
            hidden_units=(hp.get("units"),),
            reconstruction=self.reconstruction,
            batch_size=1,  # batches and steps are the search's
            steps=1,
            learning_rate=hp.get("learning_rate"),
        )
        return settings.build(self.element_shape, self.seed)
