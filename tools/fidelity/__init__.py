"""What `tools.benchmark_fidelity` is made of: tables, who generates rows, scores."""
