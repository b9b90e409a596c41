"""How large a VAE a data set can bear: chosen from the data, and said."""

import dataclasses

from kvae.training.vaes import VAESettings

MOST_LATENTS = 16
FEW_ROWS = 10
STEPS = 2000


@dataclasses.dataclass(frozen=True)
class Plan:
    """A VAE and its training, and why.

    Args:
        settings: VAESettings.
        notes: tuple of str, what was chosen and why.
    """

    settings: VAESettings
    notes: tuple[str, ...] = ()


def choose_plan(
    num_rows,
    num_attributes,
    smallest_class,
    latent_dim=None,
    steps=None,
    beta=1.0,
    image=False,
    settings=None,
):
    """Returns a Plan for so many rows.

    Args:
        num_rows: int, rows that one VAE learns from.
        num_attributes: int, attributes of a table; H * W * C of an image.
        smallest_class: int, rows of the smallest class that is drawn around.
        latent_dim: optional int, asked for.
        steps: optional int, asked for.
        beta: float.
        image: bool, whether rows are images in [0, 1]; else a mixed table.
        settings: optional VAESettings, asked for as a whole; only the likelihood is
            that of the rows.

    Example:
        >>> choose_plan(150, 4, 50).notes[0]
        'latent_dim 2: half of 4 attributes, at most one for 10 of 150 rows, at most 16'
    """
    reconstruction = "bernoulli" if image else "mixed"
    if settings is not None:
        settings = dataclasses.replace(settings, reconstruction=reconstruction)
        note = (
            f"as given: latent_dim {settings.latent_dim}, beta {settings.beta:.3g}, "
            f"{settings.steps} steps of {settings.batch_size} rows"
        )
        return Plan(settings, (note,))
    notes = []
    if latent_dim is None and image:
        latent_dim = max(2, min(MOST_LATENTS, num_rows // 5))
        notes.append(f"latent_dim {latent_dim}: one for 5 of {num_rows} images")
    elif latent_dim is None:
        latent_dim = max(1, min(MOST_LATENTS, num_attributes // 2, num_rows // 10))
        notes.append(
            f"latent_dim {latent_dim}: half of {num_attributes} attributes, at most "
            f"one for 10 of {num_rows} rows, at most {MOST_LATENTS}"
        )
    batch_size = min(256, max(16, num_rows // 8))
    notes.append(f"batches of {batch_size}: an eighth of the rows, from 16 to 256")
    if steps is None:
        steps = STEPS
        passes = steps * batch_size / num_rows
        notes.append(f"{steps} steps: every row is seen about {passes:.0f} times")
    if smallest_class < FEW_ROWS:
        notes.append(
            f"the smallest class has {smallest_class} row(s): what is drawn around "
            "them hardly differs from them"
        )
    settings = VAESettings(
        latent_dim=latent_dim,
        beta=beta,
        hidden_units=image_units(num_attributes) if image else (64,),
        reconstruction=reconstruction,
        batch_size=batch_size,
        steps=steps,
    )
    return Plan(settings, tuple(notes))


def image_units(num_pixels):
    """Returns the hidden units of a dense encoder for images of so many numbers.

    The first layer has about as many units as the image has numbers, from 128 to 512,
    the second half of them.

    Example:
        >>> image_units(8 * 8), image_units(28 * 28), image_units(64 * 64 * 3)
        ((128, 64), (512, 256), (512, 256))
    """
    first = min(512, max(128, 2 ** (num_pixels - 1).bit_length()))
    return first, first // 2
