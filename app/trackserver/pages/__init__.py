"""Archive pages: a beacon without cookies, and what it counts."""
