"""Block lists that are asked by DNS (RFC 5782): SURBL and the Spamhaus DBL."""
