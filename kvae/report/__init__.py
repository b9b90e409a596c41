"""One self-contained HTML page from what a run has found; it computes nothing."""
