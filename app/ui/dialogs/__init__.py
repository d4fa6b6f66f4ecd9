"""Windows that open above the desk: settings, versions, search, help."""
