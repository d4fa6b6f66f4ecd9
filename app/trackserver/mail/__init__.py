"""An issue's HTML: its links found where they stand, and written anew as tracked ones."""
