"""How large a VAE a data set can bear: chosen from the data, and said."""

import dataclasses

MOST_LATENTS = 16
FEW_ROWS = 10
STEPS = 2000


@dataclasses.dataclass(frozen=True)
class Plan:
    """A VAE and its training.

    Args:
        latent_dim: int d.
        hidden_units: ints of the encoder; the decoder's are the same, reversed.
        batch_size: int.
        steps: int, gradient steps.
        notes: tuple of str, what was chosen and why.
    """

    latent_dim: int
    hidden_units: tuple[int, ...]
    batch_size: int
    steps: int
    notes: tuple[str, ...] = ()


def choose_plan(
    num_rows, num_attributes, smallest_class, latent_dim=None, steps=None, image=False
):
    """Returns a Plan for so many rows.

    Args:
        num_rows: int, rows that one VAE learns from.
        num_attributes: int, attributes of a table; H * W * C of an image.
        smallest_class: int, rows of the smallest class that is drawn around.
        latent_dim: optional int, asked for.
        steps: optional int, asked for.
        image: bool, whether rows are images.

    Example:
        >>> choose_plan(150, 4, 50).notes[0]
        'latent_dim 2: half of 4 attributes, at most one for 10 of 150 rows, at most 16'
    """
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
    hidden = (256, 128) if image else (64,)
    return Plan(latent_dim, hidden, batch_size, steps, tuple(notes))
