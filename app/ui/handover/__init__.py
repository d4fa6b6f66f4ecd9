"""Handing an issue over: what holds it, what will change at the platform, and the deed itself."""
