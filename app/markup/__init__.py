"""From Markdown text to blocks, links and mistakes with exact places, incrementally."""
