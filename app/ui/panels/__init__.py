"""The lists beside the text: drafts, links, headings."""
