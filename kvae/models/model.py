"""What all models of kvae have in common."""

import keras


class Model(keras.Model):
    """A keras.Model that is saved in Keras' own format."""

    def save(self, filepath, *args, **kwargs):
        """Saves the model as keras.Model.save does.

        Raises:
            ValueError: for HDF5, from which Keras loads no class but its own.
        """
        if str(filepath).endswith((".h5", ".hdf5")):
            raise ValueError(
                f"{type(self).__name__} is saved as .keras: Keras would write "
                f"{str(filepath)!r} and could not load it again. Use "
                "model.save('model.keras'), or model.save_weights('model.weights.h5') "
                "for the weights alone."
            )
        super().save(filepath, *args, **kwargs)
