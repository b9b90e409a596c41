"""What lies between encoder and decoder: codes of rows, and draws around them."""

from kvae.latent.codes import Draws, LatentCodes, encode

__all__ = ["Draws", "LatentCodes", "encode"]
