"""Models that leave as SavedModels."""

from kvae.serving.export import export_decoder

__all__ = ["export_decoder"]
