"""Programs to learn from; none of them is part of the package."""
