"""A fitted over-sampler in a file, its VAE and transform included."""

import joblib


def save_model(sampler, path):
    """Writes a fitted over-sampler to a file."""
    joblib.dump(sampler, path, compress=3)


def load_model(path, cls):
    """Returns what `save_model` wrote. Load only files that you trust.

    Args:
        path: of the file.
        cls: class that is expected.

    Raises:
        ValueError: where the file holds something else, is damaged, or comes from
            another version of kvae.
    """
    who = f"{cls.__name__}.load"
    try:
        sampler = joblib.load(path)
    except OSError:
        raise
    except Exception as error:  # a file that is no pickle raises whatever it likes
        raise ValueError(
            f"{who} expects a file that its save wrote. Received: {path}, which is "
            f"damaged or comes from another version of kvae ({error!r}). Fit and save "
            "the sampler again."
        ) from error
    if not isinstance(sampler, cls):
        raise ValueError(
            f"{who} expects a file that its save wrote. Received: {path}, which holds "
            f"a {type(sampler).__name__}."
        )
    return sampler
