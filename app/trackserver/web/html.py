"""The few pages that readers see. No script, nothing loaded from anywhere."""

from base64 import b64encode
from hashlib import sha256
from html import escape

# The colours and type of the letter itself (resources/email/letter.css, dark.css).
_STYLE = (
    ":root{color-scheme:light dark;--desk:#f5f2ec;--sheet:#fff;--text:#2a2824;--soft:#6a655c;"
    "--head:#16150f;--line:#e6e1d6;--accent:#1d5c93;--on:#fff}"
    "@media(prefers-color-scheme:dark){:root{--desk:#131415;--sheet:#1c1d1f;--text:#d9d5cd;"
    "--soft:#a6a198;--head:#f3f0e9;--line:#35373a;--accent:#8abce4;--on:#10222f}}"
    "*{box-sizing:border-box}"
    "body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1.25rem;"
    "background:var(--desk);color:var(--text);"
    'font:17px/1.6 Georgia,Charter,"Iowan Old Style",Palatino,serif;overflow-wrap:anywhere}'
    "main{width:100%;max-width:31rem;padding:2.25rem 2.5rem;background:var(--sheet);"
    "border:1px solid var(--line);border-radius:10px}"
    'h1,button{font-family:system-ui,-apple-system,"Segoe UI",Roboto,Arial,sans-serif}'
    "h1{margin:0 0 .8rem;color:var(--head);font-size:1.6rem;line-height:1.2;"
    "letter-spacing:-.015em}"
    "p{margin:0 0 .9rem}"
    "p:last-child{margin-bottom:0}"
    "form{margin:1.5rem 0}"
    "form+p{color:var(--soft);font-size:.9rem}"
    "button{padding:.7rem 1.4rem;border:0;border-radius:6px;background:var(--accent);"
    "color:var(--on);font-size:1rem;font-weight:600;cursor:pointer}"
    "button:hover{filter:brightness(1.1)}"
    "button:focus-visible{outline:3px solid var(--accent);outline-offset:3px}"
    "@media(max-width:30rem){main{padding:1.75rem 1.5rem}button{width:100%}}"
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


def page(title: str, *paragraphs: str, form: str = "", below: str = "") -> str:
    """A page of plain text; ``form`` is HTML, ``below`` the words under it."""
    rest = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs) + form
    rest += f"<p>{escape(below)}</p>" if below else ""
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
    return page(
        "Unsubscribe?",
        f"You will get no more issues of {what}.",
        form=form,
        below="Nothing has changed yet. To go on reading, close this page.",
    )


def unsubscribed(publication: str | None) -> str:
    """After the button was pressed."""
    what = f"“{publication}”" if publication else "this newsletter"
    return page("You are unsubscribed", f"You will get no more issues of {what}.")
