"""What is kept of checks: the cache, and the links that the writer checked by hand."""
