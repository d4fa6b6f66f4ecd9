"""Google Web Risk: by URL (Lookup API), or by local hash prefixes (Update API)."""
