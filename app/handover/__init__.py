"""Handing an issue over to the platform that sends it: always as a draft, never as a send."""
