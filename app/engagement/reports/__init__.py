"""What the store knows, as people read it: rates with their denominators, and the writer's usual.

A figure that a platform does not tell is None from here on, too, and is shown as a dash.
"""
