"""Links that died since they were sent or saved: the list, what goes on behind it, its settings."""
