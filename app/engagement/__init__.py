"""How issues landed: accounts at sending platforms, sync into a local store, reports from it."""
