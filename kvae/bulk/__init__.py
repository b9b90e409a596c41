"""Rows by the million: shards from a fitted model, resumable, whoever makes them."""

from kvae.bulk.bulk_run import BulkRun
from kvae.bulk.crew import LostWorkerError

__all__ = ["BulkRun", "LostWorkerError"]
