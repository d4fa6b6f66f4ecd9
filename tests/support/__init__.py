"""Real counterparts that tests and benchmarks start."""
