"""What became of the links of sent issues and saved drafts since; see docs/link-rot.md."""
