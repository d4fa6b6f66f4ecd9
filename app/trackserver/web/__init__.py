"""HTTP: pixels and links answered raw, everything else through declared endpoints."""
