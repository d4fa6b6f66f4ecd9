"""Host names made to be taken for others.

Cautious on purpose: a name in one foreign script is a name in that language. Only two things
count: one label that mixes scripts whose letters look the same (Unicode TR 39, section 5), and a
name that becomes a well-known one when look-alike signs are replaced (TR 39, section 4; the table
here is its common part).
"""

import unicodedata
from functools import lru_cache

_ALIKE_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE")

WELL_KNOWN = frozenset(
    {
        *("adobe.com", "airbnb.com", "amazon.com", "apple.com", "binance.com", "bbc.com"),
        *("booking.com", "coinbase.com", "discord.com", "docusign.com", "dropbox.com", "ebay.com"),
        *("facebook.com", "fedex.com", "github.com", "gitlab.com", "google.com", "icloud.com"),
        *("instagram.com", "linkedin.com", "mailchimp.com", "medium.com", "metamask.io"),
        *("microsoft.com", "mozilla.org", "netflix.com", "nytimes.com", "office.com"),
        *("openai.com", "outlook.com", "patreon.com", "paypal.com", "pinterest.com", "reddit.com"),
        *("slack.com", "spotify.com", "stripe.com", "substack.com", "telegram.org", "tiktok.com"),
        *("twitch.tv", "twitter.com", "whatsapp.com", "wikipedia.org", "wordpress.com"),
        *("yahoo.com", "youtube.com", "zoom.us"),
    }
)

_SAME_SHAPE = str.maketrans(
    {
        **dict(zip("авсԁеһіјӏкмоԛрѕтухԝ", "abcdehijlkmoqpstyxw", strict=True)),
        **dict(zip("αικνορτυχ", "aiknoptux", strict=True)),
        **dict(zip("ıɡ01|", "igoll", strict=True)),
    }
)


@lru_cache(maxsize=4096)
def looks_alike(host: str) -> bool:
    """Whether ``host`` (ASCII, punycode) can be taken for another site."""
    labels = [_decoded(label) for label in host.split(".")]
    if any(_mixes_scripts(label) for label in labels):
        return True
    domain = ".".join(labels[-2:])
    if domain in WELL_KNOWN:
        return False
    shape = domain.translate(_SAME_SHAPE)
    return any(each in WELL_KNOWN for each in (shape, shape.replace("rn", "m").replace("vv", "w")))


def _decoded(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        return label


def _mixes_scripts(label: str) -> bool:
    if label.isascii():
        return False
    scripts = {unicodedata.name(sign, "").partition(" ")[0] for sign in label if sign.isalpha()}
    return len(scripts.intersection(_ALIKE_SCRIPTS)) > 1
