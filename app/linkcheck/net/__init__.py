"""One HTTP/1.1 client: names, addresses, TLS, heads and bodies, all of them bounded."""
