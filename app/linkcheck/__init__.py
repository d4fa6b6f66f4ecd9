"""From a URL to a verdict: rules without network, fetching, hosts and their limits, the cache."""
