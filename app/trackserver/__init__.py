"""The tracking server: opens and clicks of issues, answered at once and worked off later.

Installed by the extra ``server``; the desktop app never imports this room.
"""
