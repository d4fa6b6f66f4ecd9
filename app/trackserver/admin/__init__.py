"""What ``sendoff server admin`` does; the command line itself is in app/cli/server_admin.py."""
