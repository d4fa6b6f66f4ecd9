"""A vendor's request that is not taken, and what to answer."""


class Refused(Exception):  # noqa: N818 - reads as what it is
    """Not taken: ``status`` is answered, with ``why`` in plain words and nothing of the request.

    401: who sent this is not proven. 403: it is proven, and still not to be taken (too old, another
    topic). 400: no such body is ever right. 415: not JSON. 406: Mailgun's word for "do not retry".
    502: something that we need could not be fetched; asking again may help.
    """

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status
        self.why = why
