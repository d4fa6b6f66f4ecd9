"""What can go wrong between us and a platform, each in words for the writer.

No message holds a key, a URL's query or anything that a server said beyond its status.
"""


class HttpError(Exception):
    """A request that gave nothing; ``str()`` is a sentence for the writer.

    Attributes:
        transient: Whether the same request may work a moment later.
        wait: Seconds that the server asks us to leave it alone; 0 where it did not say.
    """

    transient = False

    def __init__(self, words: str, *, wait: float = 0.0) -> None:
        super().__init__(words)
        self.wait = wait


class OfflineError(HttpError):
    """Nothing listens there, or there is no network or no such host."""

    transient = True


class SilentError(HttpError):
    """The connection was made, then lost, stalled or left without an answer."""

    transient = True


class FailingError(HttpError):
    """The server says that it cannot now (5xx)."""

    transient = True


class LimitedError(HttpError):
    """Too many requests (429); ``wait`` says how long to pause."""


class RefusedError(HttpError):
    """The key is not taken (401)."""


class ForbiddenError(HttpError):
    """The key is good, but not for this (403)."""


class NotFoundError(HttpError):
    """There is no such thing (404), or no more."""


class StatusError(HttpError):
    """Any other status.

    Attributes:
        status: As answered.
        code: The error document's own word (``code`` or ``type``); empty where it has none.
    """

    def __init__(self, words: str, status: int, code: str = "") -> None:
        super().__init__(words)
        self.status = status
        self.code = code


class NotTheServerError(HttpError):
    """Somebody else answered: a login page of the network, a web site, another host."""


class InsecureError(HttpError):
    """The connection would not be safe: its certificate is not good, or it is not encrypted."""


class BadAnswerError(HttpError):
    """The answer cannot be read: cut off, too large, or not what its kind has to be."""

    transient = True
