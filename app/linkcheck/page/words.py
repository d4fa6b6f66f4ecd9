"""A verdict in one or two plain sentences for a writer."""

from collections.abc import Sequence

from app.linkcheck.page.answer import Answer
from app.linkcheck.urls import WebUrl
from app.linkcheck.verdict import Note, Reason

_SENTENCES = {
    Reason.NOT_FOUND: "The server says this page does not exist ({status}).",
    Reason.GONE: "The server says this page was taken away for good ({status}).",
    Reason.CLIENT_ERROR: "The server refuses this address ({status}). Readers get the same answer.",
    Reason.SERVER_ERROR: "The site has a fault of its own ({status}). It may work again later.",
    Reason.LEGAL_BLOCK: (
        "The page is withheld for legal reasons ({status}). It may open in other countries."
    ),
    Reason.TIMEOUT: "No answer came in time: {evidence}.",
    Reason.NO_SUCH_HOST: "There is no site named {host}. Is the name spelt right?",
    Reason.REFUSED: "{host} refuses connections. The site seems to be down.",
    Reason.CONNECTION_LOST: "The connection broke off each time: {evidence}.",
    Reason.NOT_HTTP: "What answers at this address is no website: {evidence}.",
    Reason.BROKEN_SERVER: "The server's answer is broken beyond reading: {evidence}.",
    Reason.TLS_UNTRUSTED: (
        "The site's certificate was not issued by anyone whom browsers trust. "
        "Readers get a security warning."
    ),
    Reason.TLS_EXPIRED: (
        "The site's certificate is out of date, or not valid yet. Readers get a security warning."
    ),
    Reason.TLS_WRONG_HOST: (
        "The site's certificate is for another name than {host}. Readers get a security warning."
    ),
    Reason.TLS_INCOMPLETE_CHAIN: (
        "The site leaves out a part of its certificate chain. "
        "Most browsers mend that, some readers get a security warning."
    ),
    Reason.TLS_OLD: "The site speaks only an outdated kind of encryption, which browsers refuse.",
    Reason.TLS_ERROR: "No secure connection could be made: {evidence}.",
    Reason.REDIRECT_LOOP: "The site sends visitors in circles and never shows a page.",
    Reason.TOO_MANY_REDIRECTS: "The site redirects so often that browsers give up.",
    Reason.BAD_REDIRECT: "The site redirects, but to nowhere: {evidence}.",
    Reason.UNSAFE_REDIRECT: "The site redirects to an address that browsers refuse: {evidence}.",
    Reason.PRIVATE_TARGET: (
        "This leads to an address inside a private network ({host}). Readers cannot open it."
    ),
    Reason.PRIVATE_ADDRESS: (
        "{host} is an address on this computer or in a private network. Readers cannot open it."
    ),
    Reason.PARKED: "The domain seems to be parked or for sale: {evidence}.",
    Reason.NEEDS_LOGIN: "The page asks visitors to log in or to consent first ({evidence}).",
    Reason.PAYWALL: "The page is behind a paywall ({status}).",
    Reason.REFUSED_ROBOT: (
        "The server refuses automatic checks ({status}). The page may well open in a browser."
    ),
    Reason.BOT_WALL: (
        "A bot wall stands in front of this page ({evidence}). It may well open in a browser."
    ),
    Reason.RATE_LIMITED: "The server wants fewer requests ({evidence}). The page may well be fine.",
    Reason.ODD_ANSWER: "The server gave an answer that fits no page ({evidence}).",
    Reason.LEAVES_THE_WEB: "The link leads out of the web, into an app ({evidence}).",
    Reason.DNS_FAILURE: "{host} could not be looked up ({evidence}). It may well exist.",
    Reason.IPV6_ONLY: "{host} can only be reached over IPv6, which this computer does not have.",
    Reason.NOT_CHECKABLE: "This is not asked for: {evidence}.",
    Reason.PENDING: "This could not be checked: {evidence}.",
}

_NOTES = {
    Note.MOVED_PERMANENTLY: "The page has moved for good.",
    Note.HTTPS_AVAILABLE: "The same page is there over https.",
    Note.NOT_ENCRYPTED: "The way to it leaves encryption behind (http).",
    Note.LONG_CHAIN: "It takes {hops} redirects to get there.",
    Note.EMPTY_PAGE: "The server says that the page has no content.",
    Note.SLOW: "It took {seconds:.0f} seconds to answer.",
    Note.SOFT_404: "The page looks like an error page.",
}


def describe(
    reason: Reason, notes: Sequence[Note], start: WebUrl, answer: Answer, evidence: str
) -> str:
    """The words for a verdict, with the redirects named where they explain it."""
    values = {
        "status": answer.status,
        "host": answer.url.host,
        "evidence": evidence,
        "hops": len(answer.trail),
        "seconds": answer.seconds,
    }
    if reason is Reason.OK:
        said = [_NOTES[note].format(**values) for note in notes if note in _NOTES]
        return " ".join(["The page answers.", *said[:2]])
    sentence = _SENTENCES[reason].format(**values)
    if answer.trail and answer.url.href != start.href and reason is not Reason.REDIRECT_LOOP:
        return f"Redirects to {answer.url.page}. {sentence}"
    return sentence
