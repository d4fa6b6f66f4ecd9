"""What the worker does with what was taken in: hits to events, events to figures."""
