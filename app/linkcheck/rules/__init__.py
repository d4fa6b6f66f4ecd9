"""What can be said of a link without asking anyone."""
