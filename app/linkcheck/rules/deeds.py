"""Links that do something to whoever opens them: they unsubscribe, confirm, or count as a click.

A checker never opens one, neither the server's nor that of the writer's own computer: the verdict
is `Reason.NOT_CHECKABLE`, which warns of nothing. The patterns are those of sending platforms'
own links, and narrow: an article about unsubscribing is a page like any other.
"""

import re
from urllib.parse import unquote

from app.linkcheck.net.failures import FailureError
from app.linkcheck.urls import WebUrl
from app.linkcheck.verdict import Reason

UNSUBSCRIBES = "opening it may unsubscribe a reader"
CONFIRMS = "opening it may confirm a subscription"
COUNTS = "opening it counts as a reader's click"

_LEAVING = re.compile(
    r"(?:list[-_]?|one[-_]?click[-_]?|email[-_]?|global[-_]?)*"
    r"(?:unsubscribe|unsubscription|unsub|opt[-_]?out|do[-_]?unsubscribe|remove[-_]?me"
    r"|abmelden|abbestellen|d[eé]sinscription|d[eé]sabonner|darse[-_]?de[-_]?baja|disiscrizione)"
    r"(?:[-_]?(?:me|all|confirm|now|one[-_]?click|email|link))*(?:\.\w{2,5})?",
    re.IGNORECASE,
)
_CONFIRMING = re.compile(
    r"/(?:subscri(?:be|bers?|ption)s?[-_/](?:confirm|verify|activate)"
    r"|(?:confirm|verify|activate)[-_/](?:your[-_])?(?:subscri(?:be|bers?|ption)|opt[-_]?in)s?"
    r"|double[-_]opt[-_]in)(?:[-_/.?]|$)",
    re.IGNORECASE,
)
_LEAVING_QUERY = re.compile(
    r"(?:^|[&;])(?:(?:action|act|do|cmd|a|p|page|type|list-?unsubscribe)=(?:list[-_]?)?"
    r"(?:unsubscribe|unsub|opt[-_]?out)|(?:unsubscribe|unsub|opt[-_]?out)(?:[_-]\w+)?=)",
    re.IGNORECASE,
)
_LEAVING_HOST = re.compile(r"(?:^|\.)(?:unsubscribe|unsub|optout|opt-out)\.", re.IGNORECASE)

# Hosts that platforms keep for redirects which count; their subdomains included.
_CLICK_HOSTS = frozenset(
    {"awstrack.me", "ct.sendgrid.net", "click.pstmrk.it", "track.pstmrk.it", "mjt.lu", "spgo.io"}
    | {"convertkit-mail.com", "convertkit-mail2.com", "convertkit-mail4.com", "kit-mail3.com"}
    | {"link.mail.beehiiv.com", "hubspotlinks.com", "hubspotlinksstarter.com", "klclick.com"}
    | {"klclick1.com", "klclick2.com", "klclick3.com", "rs6.net", "acemlna.com", "acemlnb.com"}
    | {"click.mlsend.com", "mlsend.com", "sendibt2.com", "sendibt3.com", "sendibm1.com"}
    | {"sendibm2.com", "sendibm3.com", "customeriomail.com", "exct.net", "links.iterable.com"}
    | {"resend-clicks.com", "mandrillapp.com", "mailgun.org", "cmail19.com", "cmail20.com"}
    | {"createsend1.com", "emltrk.com", "sparkpostmail.com"}
)
_UUID = r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
_CLICK_PATHS = re.compile(
    r"/track/click(?:[/?]|$)"  # Mailchimp, Mandrill
    r"|/(?:ls|wf)/click\?(?:[^#]*&)?upn="  # SendGrid, on a sender's own domain, too
    r"|/c/eJ[\w-]{40,}"  # Mailgun: deflated and base64
    r"|/e/c/eyJ"  # Customer.io: JSON as base64
    r"|/CL0/http"  # Amazon SES, on a sender's own domain
    r"|/(?:mk|tr)/(?:cl|un|op)/"  # Brevo
    r"|/ss/c/[\w.-]{20,}"  # beehiiv, SendGrid
    r"|/lt\.php\?"  # ActiveCampaign
    r"|/f/a/[\w~-]{20,}"  # SparkPost
    rf"|/link/{_UUID}/{_UUID}"  # listmonk
    rf"|/subscription/(?:optin/)?{_UUID}/{_UUID}"  # listmonk
    r"|/r/[0-9a-f]{8}\?(?:[^#]*&)?m="  # Ghost
)
_SUBSTACK = re.compile(r"/(?:redirect/(?:2/)?[\w-]{8,}|action/disable_email)", re.IGNORECASE)


def deed_of(url: WebUrl) -> str | None:
    """What opening this link would do besides showing a page, in words; None for most."""
    path, _, query = url.target.partition("?")
    segments = [unquote(segment) for segment in path.split("/")]
    if (
        any(_LEAVING.fullmatch(part.partition(";")[0]) for part in segments)
        or _LEAVING_QUERY.search(unquote(query))
        or _LEAVING_HOST.search(url.host)
    ):
        return UNSUBSCRIBES
    if _CONFIRMING.search(unquote(path)):
        return CONFIRMS
    click = _CLICK_PATHS.search(url.target)
    # Not where another page is named in the query.
    if _belongs(url.host) or (click is not None and click.start() < len(path)):
        return COUNTS
    if url.host == "substack.com" or url.host.endswith(".substack.com"):
        return COUNTS if _SUBSTACK.match(path) else None
    return None


def refuse_deeds(url: WebUrl) -> FailureError | None:
    """A guard for `Fetcher`: such a link, and a redirect to one, is not opened."""
    deed = deed_of(url)
    return None if deed is None else FailureError(Reason.NOT_CHECKABLE, deed)


def _belongs(host: str) -> bool:
    while "." in host:
        if host in _CLICK_HOSTS:
            return True
        host = host.partition(".")[2]
    return False
