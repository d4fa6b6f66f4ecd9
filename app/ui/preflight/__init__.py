"""Pre-flight in the window: findings while writing, beside the text and in a list."""
