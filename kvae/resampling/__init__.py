"""`fit_resample` for tables and images, in the habits of imbalanced-learn."""

from kvae.resampling.resampler import VAEOverSampler
from kvae.resampling.table_verdict import table_verdict

__all__ = ["VAEOverSampler", "table_verdict"]
