"""The look of the email: templates with a live preview, what links tell, snippets."""
