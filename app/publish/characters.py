"""Characters that harm a letter: Gmail calls even a small one clipped that holds a C1 control
(measured: https://github.com/hteumeuleu/email-bugs/issues/41 and 113), parsers stop at others.
"""

import re

_HARMFUL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def harmless(text: str) -> str:
    """The text without controls, noncharacters and halves of characters.

    C1 controls are what was meant by them: text of Windows that was taken for Latin-1, as the HTML
    standard reads references to them (section 13.2.5.80).
    """
    return _HARMFUL.sub(_meant, text) if _HARMFUL.search(text) else text


def _meant(match: re.Match[str]) -> str:
    code = ord(match[0])
    if 0x80 <= code <= 0x9F:
        return bytes([code]).decode("cp1252", "ignore")
    return "\ufffd" if 0xD800 <= code <= 0xDFFF else ""
