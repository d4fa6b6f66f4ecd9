"""The editor: one open draft, the text that is typed, and the marks of its links."""
