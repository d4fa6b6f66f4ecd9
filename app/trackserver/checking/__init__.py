"""Checks links for a team: one cache, each link asked for once, nothing private ever."""
