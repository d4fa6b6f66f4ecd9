"""The draft as the email that readers get, beside the editor."""
