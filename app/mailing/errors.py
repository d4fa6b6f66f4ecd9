"""What can go wrong on the way of a test mail, each in words for the writer."""

from enum import StrEnum


class Stage(StrEnum):
    """How far it came."""

    SETTINGS = "settings"
    CONNECT = "connect"
    TLS = "tls"
    LOGIN = "login"
    SENDER = "sender"
    RECIPIENT = "recipient"
    MESSAGE = "message"


class MailError(Exception):
    """No mail was sent; ``str()`` is for the writer alone: it may hold an address, so never a log.

    Attributes:
        stage: Where it ended.
        code: The server's reply code (RFC 5321, section 4.2); 0 without one.
    """

    def __init__(self, stage: Stage, words: str, code: int = 0) -> None:
        super().__init__(words)
        self.stage = stage
        self.code = code
