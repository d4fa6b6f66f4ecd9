"""How the issues landed: the room of the window beside the desk."""
