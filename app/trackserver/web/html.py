"""The few pages that readers see. No script, nothing loaded from anywhere."""

from base64 import b64encode
from hashlib import sha256
from html import escape

_STYLE = (
    ":root{color-scheme:light dark}"
    "body{font:17px/1.5 system-ui,sans-serif;max-width:32rem;margin:18vh auto;padding:0 1.25rem}"
    "h1{font-size:1.5rem;line-height:1.25}"
    "button{font:inherit;padding:.6rem 1.2rem;border:0;border-radius:.4rem;"
    "background:#1f5fbf;color:#fff;cursor:pointer}"
    "button:focus-visible{outline:3px solid #7fb0ff;outline-offset:2px}"
)
_HASH = b64encode(sha256(_STYLE.encode()).digest()).decode()

HEADERS = [
    ("content-type", "text/html; charset=utf-8"),
    ("cache-control", "no-store, private"),
    (
        "content-security-policy",
        f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'",
    ),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
    ("x-robots-tag", "noindex, nofollow"),
]

_PAGE = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width">'
    "<title>{title}</title><style>{style}</style></head>"
    "<body><main><h1>{title}</h1>{rest}</main></body></html>"
)


def page(title: str, *paragraphs: str, form: str = "") -> str:
    """A page of plain text; ``form`` is HTML."""
    rest = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs) + form
    return _PAGE.format(title=escape(title), style=_STYLE, rest=rest)


NO_SUCH_LINK = page(
    "This link does not work",
    "It may have been cut short on its way to you. Try it again from the email.",
)
REVOKED_LINK = page("This link was withdrawn", "Whoever sent it has taken it back.")
TRY_AGAIN = page("Try again in a moment", "The page you are looking for cannot be found right now.")
WRONG_METHOD = page("That did not work", "Open the link from the email again.")


def unsubscribe(publication: str | None) -> str:
    """The page behind an unsubscribe link; only its button unsubscribes."""
    what = f"“{publication}”" if publication else "this newsletter"
    form = (
        '<form method="post">'
        '<input type="hidden" name="List-Unsubscribe" value="One-Click">'
        "<button>Unsubscribe</button></form>"
    )
    return page("Unsubscribe?", f"You will get no more issues of {what}.", form=form)


def unsubscribed(publication: str | None) -> str:
    """After the button was pressed."""
    what = f"“{publication}”" if publication else "this newsletter"
    return page("You are unsubscribed", f"You will get no more issues of {what}.")
