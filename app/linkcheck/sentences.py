"""The plain words for each reason and note: a short title, and a sentence with what to do.

`title` and `sentence` give English; the window translates the same strings (context
"Verdict"), which Qt's lupdate finds by the name of `QT_TRANSLATE_NOOP`.
"""

from collections.abc import Sequence

from app.linkcheck.verdict import Note, Reason


def QT_TRANSLATE_NOOP(context: str, text: str) -> str:  # noqa: N802, ARG001 - Qt's own name
    """Mark a text for translation; returns it unchanged."""
    return text


def title(word: Reason | Note) -> str:
    """A few words that name a reason or note."""
    return (_NOTES[word] if isinstance(word, Note) else _REASONS[word])[0]


def sentence(word: Reason | Note) -> str:
    """What a reason or note means to the writer, and what can be done."""
    return (_NOTES[word] if isinstance(word, Note) else _REASONS[word])[1]


def describe(reason: Reason, notes: Sequence[Note] = ()) -> str:
    """The sentence for a verdict: its first note says more than a plain "it works"."""
    return sentence(notes[0]) if notes and reason is Reason.OK else sentence(reason)


_REASONS: dict[Reason, tuple[str, str]] = {
    Reason.OK: (
        QT_TRANSLATE_NOOP("Verdict", "It works"),
        QT_TRANSLATE_NOOP("Verdict", "The page answered."),
    ),
    Reason.ACCEPTED: (
        QT_TRANSLATE_NOOP("Verdict", "Checked by hand"),
        QT_TRANSLATE_NOOP("Verdict", "You opened this link yourself and found it good."),
    ),
    Reason.MALFORMED: (
        QT_TRANSLATE_NOOP("Verdict", "Not a web address"),
        QT_TRANSLATE_NOOP(
            "Verdict",
            "This cannot be read as a web address. Check how it is written.",
        ),
    ),
    Reason.EMPTY: (
        QT_TRANSLATE_NOOP("Verdict", "No address"),
        QT_TRANSLATE_NOOP("Verdict", "The link has no address. Put one in, or remove the link."),
    ),
    Reason.SCHEME_MISSING: (
        QT_TRANSLATE_NOOP("Verdict", "“https://” is missing"),
        QT_TRANSLATE_NOOP(
            "Verdict",
            "Without “https://” before it, mail programs do not know where this leads.",
        ),
    ),
    Reason.SCHEME_UNKNOWN: (
        QT_TRANSLATE_NOOP("Verdict", "Unknown kind of address"),
        QT_TRANSLATE_NOOP(
            "Verdict",
            "The address begins with something that readers' programs do not know.",
        ),
    ),
    Reason.SCHEME_DOUBLED: (
        QT_TRANSLATE_NOOP("Verdict", "“https://” twice"),
        QT_TRANSLATE_NOOP(
            "Verdict",
            "The address begins with “http://” or “https://” twice. Remove one.",
        ),
    ),
    Reason.RELATIVE: (
        QT_TRANSLATE_NOOP("Verdict", "Not a full address"),
        QT_TRANSLATE_NOOP(
            "Verdict",
            "Inside an e-mail this leads nowhere. Write the full address, beginning with "
            "“https://”.",
        ),
    ),
    Reason.PROTOCOL_RELATIVE: (
        QT_TRANSLATE_NOOP("Verdict", "“https:” is missing"),
        QT_TRANSLATE_NOOP(
            "Verdict",
            "An address that begins with “//” does not work in e-mail. Write “https://” instead.",
        ),
    ),
    Reason.PRIVATE_ADDRESS: (
        QT_TRANSLATE_NOOP("Verdict", "Only on your own network"),
        QT_TRANSLATE_NOOP(
            "Verdict",
            "This address works on your own computer or network only; readers cannot open it.",
        ),
    ),
    Reason.FRAGMENT_MISSING: (
        QT_TRANSLATE_NOOP("Verdict", "No such place"),
        QT_TRANSLATE_NOOP(
            "Verdict",
            "The page has no place of this name. Check what follows the “#”.",
        ),
    ),
    Reason.REFERENCE_UNDEFINED: (
        QT_TRANSLATE_NOOP("Verdict", "Nothing defines this reference"),
        QT_TRANSLATE_NOOP(
            "Verdict",
            "No line says where this reference leads, so readers see the brackets. Add "
            "“[label]: https://…”.",
        ),
    ),
    Reason.DEFINITION_EMPTY: (
        QT_TRANSLATE_NOOP("Verdict", "Definition without an address"),
        QT_TRANSLATE_NOOP(
            "Verdict",
            "This definition names no address, and turns the definitions below it into text. "
            "Put the address in, or remove the line.",
        ),
    ),
    Reason.CREDENTIALS: (
        QT_TRANSLATE_NOOP("Verdict", "Name or password in the address"),
        QT_TRANSLATE_NOOP(
            "Verdict",
            "Everything before the “@” is sent as a user name or password, and every reader "
            "would see it. Remove it.",
        ),
    ),
    Reason.BRACKET_MISTAKE: (
        QT_TRANSLATE_NOOP("Verdict", "Mistyped link"),
        QT_TRANSLATE_NOOP(
            "Verdict",
            "The brackets are not those of a link, so readers see them as text. A link is "
            "[text](address).",
        ),
    ),
    Reason.DATA_URI: (
        QT_TRANSLATE_NOOP("Verdict", "Data inside the address"),
        QT_TRANSLATE_NOOP(
            "Verdict",
            "Mail programs do not open “data:” addresses. Upload the file and link to it.",
        ),
    ),
    Reason.UNSAFE_SCHEME: (
        QT_TRANSLATE_NOOP("Verdict", "Blocked by mail programs"),
        QT_TRANSLATE_NOOP(
            "Verdict",
            "Mail programs remove such addresses or call the message dangerous. Use a web address.",
        ),
    ),
    Reason.NOT_FOUND: (
        QT_TRANSLATE_NOOP("Verdict", "Page not found"),
        QT_TRANSLATE_NOOP(
            "Verdict",
            "The server says that there is no such page (404). Check the address, or link to "
            "something else.",
        ),
    ),
    Reason.GONE: (
        QT_TRANSLATE_NOOP("Verdict", "Page removed"),
        QT_TRANSLATE_NOOP(
            "Verdict",
            "The server says that this page was removed for good (410). Link to something else.",
        ),
    ),
    Reason.CLIENT_ERROR: (
        QT_TRANSLATE_NOOP("Verdict", "The server refuses the address"),
        QT_TRANSLATE_NOOP(
            "Verdict",
            "The server does not accept this request, and readers would see the same. Check "
            "the address.",
        ),
    ),
    Reason.SERVER_ERROR: (
        QT_TRANSLATE_NOOP("Verdict", "The server fails"),
        QT_TRANSLATE_NOOP(
            "Verdict",
            "The server answers with an error of its own. It may pass: check again later.",
        ),
    ),
    Reason.LEGAL_BLOCK: (
        QT_TRANSLATE_NOOP("Verdict", "Blocked for legal reasons"),
        QT_TRANSLATE_NOOP(
            "Verdict",
            "The server may not show this page here (451). Readers in other countries may see it.",
        ),
    ),
    Reason.TIMEOUT: (
        QT_TRANSLATE_NOOP("Verdict", "No answer in time"),
        QT_TRANSLATE_NOOP(
            "Verdict",
            "The server did not answer in time. It may be slow or down: check again later.",
        ),
    ),
    Reason.NO_SUCH_HOST: (
        QT_TRANSLATE_NOOP("Verdict", "No such site"),
        QT_TRANSLATE_NOOP("Verdict", "There is no site of this name. Check the spelling."),
    ),
    Reason.REFUSED: (
        QT_TRANSLATE_NOOP("Verdict", "Connection refused"),
        QT_TRANSLATE_NOOP(
            "Verdict",
            "The server takes no connections at this address. It may be down, or the address "
            "wrong.",
        ),
    ),
    Reason.CONNECTION_LOST: (
        QT_TRANSLATE_NOOP("Verdict", "Connection lost"),
        QT_TRANSLATE_NOOP(
            "Verdict",
            "The server ended the connection without an answer. Check again later.",
        ),
    ),
    Reason.NOT_HTTP: (
        QT_TRANSLATE_NOOP("Verdict", "Not a web server"),
        QT_TRANSLATE_NOOP("Verdict", "Something answers there, but it is no web server."),
    ),
    Reason.BROKEN_SERVER: (
        QT_TRANSLATE_NOOP("Verdict", "Broken answer"),
        QT_TRANSLATE_NOOP(
            "Verdict",
            "The server's answer cannot be read as a web page's; browsers would fail too.",
        ),
    ),
    Reason.TLS_UNTRUSTED: (
        QT_TRANSLATE_NOOP("Verdict", "Certificate not trusted"),
        QT_TRANSLATE_NOOP(
            "Verdict",
            "The site's certificate comes from nobody that browsers trust: readers see a warning.",
        ),
    ),
    Reason.TLS_EXPIRED: (
        QT_TRANSLATE_NOOP("Verdict", "Certificate expired"),
        QT_TRANSLATE_NOOP("Verdict", "The site's certificate has expired: readers see a warning."),
    ),
    Reason.TLS_WRONG_HOST: (
        QT_TRANSLATE_NOOP("Verdict", "Certificate of another site"),
        QT_TRANSLATE_NOOP(
            "Verdict",
            "The certificate belongs to another site: readers see a warning.",
        ),
    ),
    Reason.TLS_INCOMPLETE_CHAIN: (
        QT_TRANSLATE_NOOP("Verdict", "Certificate chain incomplete"),
        QT_TRANSLATE_NOOP(
            "Verdict",
            "The site does not send its whole chain of certificates. Most browsers manage; "
            "some readers see a warning.",
        ),
    ),
    Reason.TLS_OLD: (
        QT_TRANSLATE_NOOP("Verdict", "Outdated encryption"),
        QT_TRANSLATE_NOOP(
            "Verdict",
            "The site only speaks an encryption that browsers no longer accept.",
        ),
    ),
    Reason.TLS_ERROR: (
        QT_TRANSLATE_NOOP("Verdict", "No secure connection"),
        QT_TRANSLATE_NOOP("Verdict", "No secure connection could be made to this site."),
    ),
    Reason.REDIRECT_LOOP: (
        QT_TRANSLATE_NOOP("Verdict", "Redirects in a circle"),
        QT_TRANSLATE_NOOP("Verdict", "The address leads back to itself for ever."),
    ),
    Reason.TOO_MANY_REDIRECTS: (
        QT_TRANSLATE_NOOP("Verdict", "Too many redirects"),
        QT_TRANSLATE_NOOP("Verdict", "The address is passed on more often than browsers follow."),
    ),
    Reason.BAD_REDIRECT: (
        QT_TRANSLATE_NOOP("Verdict", "Broken redirect"),
        QT_TRANSLATE_NOOP("Verdict", "The server passes on without saying where to."),
    ),
    Reason.UNSAFE_REDIRECT: (
        QT_TRANSLATE_NOOP("Verdict", "Unsafe redirect"),
        QT_TRANSLATE_NOOP(
            "Verdict",
            "The address leads on to something that browsers refuse to open.",
        ),
    ),
    Reason.PRIVATE_TARGET: (
        QT_TRANSLATE_NOOP("Verdict", "Leads to a private network"),
        QT_TRANSLATE_NOOP(
            "Verdict",
            "The address leads to a private network; readers cannot open it.",
        ),
    ),
    Reason.PARKED: (
        QT_TRANSLATE_NOOP("Verdict", "Parked domain"),
        QT_TRANSLATE_NOOP(
            "Verdict",
            "There is nothing but an offer to buy this domain. Link to something else.",
        ),
    ),
    Reason.NEEDS_LOGIN: (
        QT_TRANSLATE_NOOP("Verdict", "Needs a login"),
        QT_TRANSLATE_NOOP(
            "Verdict",
            "The page asks for a login. Readers without an account cannot see it.",
        ),
    ),
    Reason.PAYWALL: (
        QT_TRANSLATE_NOOP("Verdict", "Behind a paywall"),
        QT_TRANSLATE_NOOP("Verdict", "The page asks for payment (402)."),
    ),
    Reason.REFUSED_ROBOT: (
        QT_TRANSLATE_NOOP("Verdict", "Refuses checkers"),
        QT_TRANSLATE_NOOP(
            "Verdict",
            "The server refuses programs such as this one; in a browser it may well work. "
            "Open it once to be sure.",
        ),
    ),
    Reason.BOT_WALL: (
        QT_TRANSLATE_NOOP("Verdict", "Wants proof of a human"),
        QT_TRANSLATE_NOOP(
            "Verdict",
            "The site wants proof that a human is asking. Open it once in your browser to be sure.",
        ),
    ),
    Reason.RATE_LIMITED: (
        QT_TRANSLATE_NOOP("Verdict", "Asked too often"),
        QT_TRANSLATE_NOOP(
            "Verdict",
            "The server wants fewer requests. The link is checked again later.",
        ),
    ),
    Reason.LISTED_HOST: (
        QT_TRANSLATE_NOOP("Verdict", "Known to refuse checkers"),
        QT_TRANSLATE_NOOP(
            "Verdict",
            "This site is known to give checkers false answers, so it is not asked. Open it "
            "once to be sure.",
        ),
    ),
    Reason.ODD_ANSWER: (
        QT_TRANSLATE_NOOP("Verdict", "Odd answer"),
        QT_TRANSLATE_NOOP(
            "Verdict",
            "The server answered in a way that says neither yes nor no. Open it once to be sure.",
        ),
    ),
    Reason.LEAVES_THE_WEB: (
        QT_TRANSLATE_NOOP("Verdict", "Leads to another program"),
        QT_TRANSLATE_NOOP("Verdict", "The address leads on to something that no browser opens."),
    ),
    Reason.DNS_FAILURE: (
        QT_TRANSLATE_NOOP("Verdict", "Name could not be looked up"),
        QT_TRANSLATE_NOOP(
            "Verdict",
            "The look-up of the site's name failed, which says nothing of the site. It is "
            "checked again later.",
        ),
    ),
    Reason.IPV6_ONLY: (
        QT_TRANSLATE_NOOP("Verdict", "IPv6 only"),
        QT_TRANSLATE_NOOP(
            "Verdict",
            "The site has only an IPv6 address, which this network cannot reach. Readers' "
            "networks may.",
        ),
    ),
    Reason.OFFLINE: (
        QT_TRANSLATE_NOOP("Verdict", "Not checked: offline"),
        QT_TRANSLATE_NOOP("Verdict", "There is no network. The link is checked when it is back."),
    ),
    Reason.CAPTIVE_PORTAL: (
        QT_TRANSLATE_NOOP("Verdict", "Not checked: network login"),
        QT_TRANSLATE_NOOP(
            "Verdict",
            "This network shows its login page for every address. Log in, and the links are "
            "checked.",
        ),
    ),
    Reason.PENDING: (
        QT_TRANSLATE_NOOP("Verdict", "Not checked yet"),
        QT_TRANSLATE_NOOP("Verdict", "The link waits for its check."),
    ),
    Reason.TYPING: (
        QT_TRANSLATE_NOOP("Verdict", "Being typed"),
        QT_TRANSLATE_NOOP("Verdict", "The link is checked when you pause."),
    ),
    Reason.TEMPLATE: (
        QT_TRANSLATE_NOOP("Verdict", "Filled in when sent"),
        QT_TRANSLATE_NOOP(
            "Verdict",
            "The sending platform fills this in, so it cannot be checked before.",
        ),
    ),
    Reason.DEFINED_ELSEWHERE: (
        QT_TRANSLATE_NOOP("Verdict", "Defined elsewhere"),
        QT_TRANSLATE_NOOP(
            "Verdict",
            "A template includes the definition of this reference, so it cannot be checked here.",
        ),
    ),
    Reason.NOT_CHECKABLE: (
        QT_TRANSLATE_NOOP("Verdict", "Cannot be checked"),
        QT_TRANSLATE_NOOP("Verdict", "This kind of address cannot be checked. Try it yourself."),
    ),
    Reason.IGNORED: (
        QT_TRANSLATE_NOOP("Verdict", "Ignored"),
        QT_TRANSLATE_NOOP("Verdict", "You asked not to hear of this link."),
    ),
    Reason.UNUSED_DEFINITION: (
        QT_TRANSLATE_NOOP("Verdict", "Unused definition"),
        QT_TRANSLATE_NOOP("Verdict", "No link uses this definition; readers never see it."),
    ),
    Reason.WEB_RISK: (
        QT_TRANSLATE_NOOP("Verdict", "Flagged as dangerous"),
        QT_TRANSLATE_NOOP(
            "Verdict",
            "Google Web Risk lists this address as dangerous. Do not send it.",
        ),
    ),
    Reason.SURBL: (
        QT_TRANSLATE_NOOP("Verdict", "Flagged as spam or dangerous"),
        QT_TRANSLATE_NOOP(
            "Verdict",
            "SURBL lists this site. Mail with this link would be rejected, or harm readers.",
        ),
    ),
    Reason.SPAMHAUS: (
        QT_TRANSLATE_NOOP("Verdict", "Flagged as spam or dangerous"),
        QT_TRANSLATE_NOOP(
            "Verdict",
            "Spamhaus lists this site. Mail with this link would be rejected, or harm readers.",
        ),
    ),
    Reason.LISTED: (
        QT_TRANSLATE_NOOP("Verdict", "On your block list"),
        QT_TRANSLATE_NOOP("Verdict", "You or your team put this site on the block list."),
    ),
}

_NOTES: dict[Note, tuple[str, str]] = {
    Note.MOVED_PERMANENTLY: (
        QT_TRANSLATE_NOOP("Verdict", "Moved"),
        QT_TRANSLATE_NOOP(
            "Verdict",
            "The page has moved for good. The new address saves readers a detour.",
        ),
    ),
    Note.HTTPS_AVAILABLE: (
        QT_TRANSLATE_NOOP("Verdict", "Works with https"),
        QT_TRANSLATE_NOOP(
            "Verdict",
            "The same page is there with https, which is safer for readers.",
        ),
    ),
    Note.NOT_ENCRYPTED: (
        QT_TRANSLATE_NOOP("Verdict", "Not encrypted"),
        QT_TRANSLATE_NOOP(
            "Verdict",
            "The page is sent without encryption; some browsers warn of it.",
        ),
    ),
    Note.LONG_CHAIN: (
        QT_TRANSLATE_NOOP("Verdict", "Many redirects"),
        QT_TRANSLATE_NOOP("Verdict", "The address is passed on many times before a page comes."),
    ),
    Note.EMPTY_PAGE: (
        QT_TRANSLATE_NOOP("Verdict", "Empty page"),
        QT_TRANSLATE_NOOP("Verdict", "The server answered, but with nothing in it."),
    ),
    Note.SLOW: (
        QT_TRANSLATE_NOOP("Verdict", "Slow"),
        QT_TRANSLATE_NOOP("Verdict", "The server took long to answer."),
    ),
    Note.SOFT_404: (
        QT_TRANSLATE_NOOP("Verdict", "Looks like an error page"),
        QT_TRANSLATE_NOOP(
            "Verdict",
            "The server says that all is well, but the page reads like “not found”. Have a look.",
        ),
    ),
    Note.FRAGMENT_MISSING: (
        QT_TRANSLATE_NOOP("Verdict", "No such place on the page"),
        QT_TRANSLATE_NOOP(
            "Verdict",
            "The page works, but has no place of the name that follows the “#”.",
        ),
    ),
    Note.SHORTENER: (
        QT_TRANSLATE_NOOP("Verdict", "Shortened address"),
        QT_TRANSLATE_NOOP(
            "Verdict",
            "Readers and spam filters cannot see where this leads. The full address earns "
            "more trust.",
        ),
    ),
    Note.LOOK_ALIKE: (
        QT_TRANSLATE_NOOP("Verdict", "Looks like another site"),
        QT_TRANSLATE_NOOP(
            "Verdict",
            "The name resembles that of a well-known site. Make sure that it is the one you mean.",
        ),
    ),
    Note.REPUTATION_UNKNOWN: (
        QT_TRANSLATE_NOOP("Verdict", "Reputation unknown"),
        QT_TRANSLATE_NOOP("Verdict", "A reputation service could not be asked about this site."),
    ),
    Note.ABUSED_SITE: (
        QT_TRANSLATE_NOOP("Verdict", "Site with a mixed reputation"),
        QT_TRANSLATE_NOOP(
            "Verdict",
            "A good site that others have abused, for instance to hide where links lead. Some "
            "spam filters count that against your message.",
        ),
    ),
    Note.VIA_CACHE: (
        QT_TRANSLATE_NOOP("Verdict", "Checked earlier"),
        QT_TRANSLATE_NOOP("Verdict", "This is what an earlier check found."),
    ),
}
