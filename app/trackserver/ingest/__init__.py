"""From an answered request to a row in the inbox, or in the spill file while the store is away."""
