"""What lies between encoder and decoder: codes of rows, and draws around them."""

from kvae.latent.codes import Draws, LatentCodes, encode
from kvae.latent.neighbours import neighbours
from kvae.latent.spreading import Spread, spread
from kvae.latent.sweeps import sweep

__all__ = [
    "Draws",
    "LatentCodes",
    "Spread",
    "encode",
    "neighbours",
    "spread",
    "sweep",
]
