"""How the statuses of links look in the preview: the shapes and colours of the editor, as CSS."""

from urllib.parse import quote

from app.linkcheck.verdict import Status
from app.ui.theme import DARK, LIGHT, Theme

# Each in a square of 12 units; "%s" is the colour. Safe and unchecked links stay as readers see
# them: quiet.
_SHAPES = {
    Status.WARN: '<path d="M6 1.6 10.9 10.4H1.1Z" fill="%s" stroke="%s" stroke-width="1.2" '
    'stroke-linejoin="round"/>',
    Status.BLOCK: '<path d="M3.8.8h4.4l3 3v4.4l-3 3H3.8l-3-3V3.8Z" fill="%s" stroke="%s" '
    'stroke-width=".4"/><path d="M3.6 6h4.8" stroke="#fff" stroke-width="1.7" '
    'stroke-linecap="round"/>',
    Status.UNVERIFIED: '<circle cx="6" cy="6" r="3.9" fill="none" stroke="%s" '
    'stroke-width="1.7"/><desc>%s</desc>',
}
_LINES = {
    Status.WARN: "underline wavy 1.5px",
    Status.BLOCK: "underline double 2px",
    Status.UNVERIFIED: "underline dotted 2px",
    Status.UNCHECKED: "underline dashed 1px",
}


def sheet() -> str:
    """The rules for light and for dark mails; the page's root has the class ``dark`` or not."""
    return "\n".join(
        rule
        for theme, root in ((LIGHT, "html"), (DARK, "html.dark"))
        for status in _LINES
        for rule in _rules(theme, root, status)
    )


def _rules(theme: Theme, root: str, status: Status) -> list[str]:
    color = theme.status(status)
    link = f'{root} a[data-status="{status}"]'
    rules = [f"{link} {{ text-decoration: {_LINES[status]} {color}; text-underline-offset: 3px; }}"]
    if status in _SHAPES:
        # A word joiner keeps the mark on the link's line.
        rules.append(
            f'{link}::after {{ content: "\\2060" url("{_picture(status, color)}"); {_GAP} }}'
        )
        rules.append(
            f'{root} img[data-status="{status}"] '
            f"{{ outline: 2px {_OUTLINES[status]} {color}; outline-offset: -2px; }}"
        )
    return rules


_GAP = "margin-inline-start: 3px;"
_OUTLINES = {Status.WARN: "solid", Status.BLOCK: "double", Status.UNVERIFIED: "dotted"}


def _picture(status: Status, color: str) -> str:
    shape = _SHAPES[status] % (color, color)
    head = '<svg xmlns="http://www.w3.org/2000/svg" width="11" height="11" viewBox="0 0 12 12">'
    return f"data:image/svg+xml,{quote(f'{head}{shape}</svg>')}"
