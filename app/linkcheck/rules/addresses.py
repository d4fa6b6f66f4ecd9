"""Hosts and e-mail addresses as people type them."""

import re
from urllib.parse import unquote

# Ends of file names that are no (or hardly ever) ends of host names.
_FILES = frozenset(
    re.findall(
        r"\w+",
        "asp aspx avif bmp c cpp css csv doc docx epub gif go gz h htm html ico ipynb java "
        "jpeg jpg js json jsp jsx lr markdown md mobi mov mp3 mp4 odt ogg pdf php pl png ppt "
        "pptx ps py rb rs rst sh so svg tar toml ts tsv tsx txt wav webm webp xls xlsx xml "
        "yaml yml zip",
    )
)
_GENERIC = frozenset(
    re.findall(
        r"\w+",
        "academy agency app art biz blog chat cloud club com community design dev digital edu "
        "email events foundation fun fyi games gov group guide info int jobs land life link "
        "live ltd media mil mobi money name net network news one online onion org page party "
        "press pro pub review rocks school shop show site social software solutions space "
        "studio store systems team tech today tools travel video website wiki work world wtf "
        "xyz zone",
    )
)
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_HOST = re.compile(rf"((?:{_LABEL}\.)+({_LABEL}))(:\d{{1,5}})?\.?(?=[/?#]|$)")
_IPV4 = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}(?::\d{1,5})?(?=[/?#]|$)")
_ATOM = r"[^\s@<>()\[\],;:\\\"]+"
_MAIL = re.compile(rf'(?:{_ATOM}|"[^"\n]+")@((?:{_LABEL}\.)+(?:[^\W\d_]{{2,63}}|xn--[\w-]+))')


def starts_with_host(text: str) -> bool:
    """Whether a destination without a scheme plainly begins with a host name or an IP address.

    ``example.com/x``, ``www.x.y`` and ``1.2.3.4/x`` do; ``notes.md``, ``009_neo.jpg`` and
    ``setup.py`` are files.
    """
    if _IPV4.match(text):
        return True
    match = _HOST.match(text)
    if not match:
        return False
    last = match[2].lower()
    if text[:4].lower() == "www." or last in _GENERIC or last.startswith("xn--"):
        return True
    if not last.isalpha() or (last in _FILES and match.end() == len(text)):
        return False
    has_path = match.end() < len(text)
    return len(last) == 2 or (has_path and last not in _FILES and len(last) >= 2)


def is_mail_address(text: str) -> bool:
    """Whether this is one e-mail address: ``name@host.tld`` (RFC 5321 with RFC 6531's letters)."""
    return len(text) <= 320 and bool(_MAIL.fullmatch(text))


def mail_problem(rest: str) -> str | None:
    """What is wrong with what follows ``mailto:`` (RFC 6068); None when nothing is."""
    addresses, _, fields = rest.partition("?")
    if rest.startswith("//"):
        return "“mailto:” is followed by the address at once, without slashes."
    if not addresses:
        named = re.search(r"(?:^|&)(?:to|cc|bcc|subject|body)=", fields, re.IGNORECASE)
        return None if named else "There is no e-mail address after “mailto:”."
    for address in addresses.split(","):
        if not is_mail_address(unquote(address).strip()):
            return "This is not an e-mail address of the form name@example.com."
    return None
