"""Where the server keeps things: one schema on SQLite and on PostgreSQL."""
