"""URL schemes: those that cannot be checked, those that must not be sent, and mistyped ones."""

import re

UNSAFE = frozenset({"javascript", "vbscript", "file"})
"""Mail clients drop these, or treat a message that has them as an attack."""

OWN_BROWSER = frozenset(
    {"about", "blob", "chrome", "chrome-extension", "edge", "filesystem", "moz-extension"}
    | {"opera", "resource", "safari-extension", "safari-web-extension", "view-source"}
)
"""These name something inside the writer's own browser."""

NOT_CHECKABLE = frozenset(
    {
        # Handled by a mail, telephone or message program.
        *("callto", "cid", "facetime", "facetime-audio", "im", "imessage", "mid", "mms", "sgnl"),
        *("sip", "sips", "skype", "sms", "smsto", "tel", "tg", "viber", "whatsapp", "xmpp"),
        # Other protocols of the Internet.
        *("ftp", "ftps", "gemini", "git", "gopher", "irc", "irc6", "ircs", "ldap", "ldaps", "news"),
        *("nntp", "rtmp", "rtsp", "sftp", "snews", "ssh", "svn", "telnet", "vnc"),
        *("dat", "ed2k", "hyper", "ipfs", "ipns", "magnet"),
        # Apps that register a scheme of their own.
        *("bear", "calshow", "discord", "fb", "fb-messenger", "figma", "geo", "instagram"),
        *("intent", "itms", "itms-apps", "itmss", "maps", "market", "ms-excel", "ms-powerpoint"),
        *("ms-word", "msteams", "music", "notion", "obsidian", "onenote", "podcast", "podcasts"),
        *("slack", "spotify", "steam", "things", "twitter", "vscode", "whatsapp-business"),
        *("zoommtg", "zoomus", "zotero"),
        # Feeds, calendars, payments, identifiers.
        *(
            "acct",
            "bitcoin",
            "bitcoincash",
            "ethereum",
            "feed",
            "lightning",
            "monero",
            "openpgp4fpr",
        ),
        *("payto", "pcast", "urn", "webcal", "webcals"),
    }
)
"""Legitimate in a newsletter, but no web request can tell whether they work."""

_WORD_HTTP = re.compile(r"(?:^|[^a-z])(https?)(?:$|[^a-z])")


def is_not_checkable(scheme: str) -> bool:
    """Whether another program than a web browser opens this (lower-case) scheme."""
    return scheme in NOT_CHECKABLE or scheme.startswith("web+")


def mistyped(scheme: str, rest: str) -> str | None:
    """The scheme that was meant by an unknown one; None when that is not plain.

    Args:
        scheme: lower case, without the colon.
        rest: what follows the colon.
    """
    if rest.startswith("//"):
        word = _WORD_HTTP.search(scheme)
        if word:
            return word[1]
        return _nearest(scheme, ("https", "http"))
    if scheme in ("mail", "email", "e-mail") and "@" in rest:
        return "mailto"
    if "@" in rest and _nearest(scheme, ("mailto",)):
        return "mailto"
    return None


def _nearest(scheme: str, targets: tuple[str, ...]) -> str | None:
    """The target one slip away, or two when no letter is foreign to it."""
    if not 3 <= len(scheme) <= 10:
        return None
    nearest = min(targets, key=lambda target: _distance(scheme, target))
    allowed = 2 if set(scheme) <= set(nearest) else 1
    return nearest if _distance(scheme, nearest) <= allowed else None


def _distance(a: str, b: str) -> int:
    """Edits (insert, delete, replace, swap of neighbours) that turn one word into the other."""
    rows = [list(range(len(b) + 1))]
    for i, letter in enumerate(a, 1):
        above, row = rows[-1], [i]
        for j, other in enumerate(b, 1):
            cost = min(above[j] + 1, row[-1] + 1, above[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == b[j - 2] and a[i - 2] == other:
                cost = min(cost, rows[-2][j - 2] + 1)
            row.append(cost)
        rows.append(row)
    return rows[-1][-1]
