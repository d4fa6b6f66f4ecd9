"""Archive pages: a beacon without cookies, and the funnel that it counts."""
