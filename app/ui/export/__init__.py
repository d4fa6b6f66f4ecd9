"""What leaves without a platform: files, the clipboard, a test mail."""
