"""The body of an answer: unframed, decompressed, and never more of it than wanted."""

import zlib

from app.linkcheck.net.head import Head
from app.linkcheck.net.wire import Wire

_SIZE_LINE = 4096
_PIECE = 64 * 1024
"""No piece is longer: whoever searches it holds up the other threads for a millisecond or two."""


class BodyError(Exception):
    """The body is cut off, badly framed or badly compressed."""


class Body:
    """Reads one answer's body piece by piece.

    ``limit`` bounds the decompressed bytes given out in all. ``complete`` turns true when the whole
    body has been read (only then may the connection be used again).
    """

    def __init__(self, wire: Wire, head: Head, limit: int) -> None:
        self._wire = wire
        self._chunked = "chunked" in head.tokens("transfer-encoding")
        self._left = 0 if self._chunked else head.length
        self._decoder = Decoder(head.tokens("content-encoding"), limit)
        self.complete = head.length == 0 and not self._chunked

    @property
    def whole(self) -> bool:
        """Whether all of the content has been given out: nothing cut off by the limit."""
        return self.complete and not self._decoder.cut and not self._decoder.has_more

    @property
    def understood(self) -> bool:
        """Whether the body is in an encoding that can be read here."""
        return self._decoder.understood

    async def read(self) -> bytes:
        """The next piece of content, ``b""`` at the end or the limit; raises `BodyError`."""
        while self._decoder.left > 0 and (self._decoder.has_more or not self.complete):
            raw = b"" if self._decoder.has_more else await self._raw()
            if piece := self._decoder.decode(raw):
                return piece
        return b""

    async def _raw(self) -> bytes:
        if self._left == 0:
            await self._next_chunk()
        if self.complete:
            return b""
        piece = await self._wire.take(_PIECE if self._left is None else min(self._left, _PIECE))
        if not piece and self._left is not None:
            raise BodyError("the body is shorter than announced")
        if self._left is None:
            self.complete = not piece
        else:
            self._left -= len(piece)
            self.complete = self._left == 0 and not self._chunked
        if self._chunked and self._left == 0:
            await self._line()
        return piece

    async def _next_chunk(self) -> None:
        size = (await self._line()).partition(b";")[0].strip()
        try:
            self._left = int(size, 16)
        except ValueError:
            raise BodyError("a chunk's size is no number") from None
        if self._left < 0:
            raise BodyError("a chunk's size is negative")
        if self._left == 0:
            while await self._line():  # trailers
                continue
            self.complete = True

    async def _line(self) -> bytes:
        line = await self._wire.take_line(_SIZE_LINE)
        if line is None:
            raise BodyError("a chunk's size is missing")
        return line.rstrip(b"\r")


class Decoder:
    """Undoes ``Content-Encoding``, never giving out more than ``limit`` bytes in all.

    ``left`` is what may still be given out, ``cut`` whether something had to be left out. While
    ``has_more`` the last input is not used up: `decode` nothing to get on with it.
    """

    def __init__(self, encodings: list[str], limit: int) -> None:
        names = [name for name in encodings if name != "identity"]
        self.understood = names in ([], ["gzip"], ["x-gzip"], ["deflate"])
        self.left = limit
        self.cut = False
        self._inflate = zlib.decompressobj(wbits=47) if names else None
        self._may_be_raw = names == ["deflate"]  # sent without its zlib wrapper by some servers

    @property
    def has_more(self) -> bool:
        """Whether input is waiting to be unpacked."""
        return bool(self._inflate is not None and self._inflate.unconsumed_tail)

    def decode(self, piece: bytes) -> bytes:
        """The next bytes of the content, a bounded piece; raises `BodyError` if they are broken."""
        if self._inflate is not None and not self._inflate.eof:
            piece = self._decompress(self._inflate, self._inflate.unconsumed_tail + piece)
        elif self._inflate is not None:
            return b""
        self.cut = self.cut or len(piece) > self.left
        piece = piece[: self.left]
        self.left -= len(piece)
        self.cut = self.cut or (self.left == 0 and self.has_more)
        return piece

    def _decompress(self, inflate: "zlib._Decompress", piece: bytes) -> bytes:
        try:
            return inflate.decompress(piece, _PIECE)
        except zlib.error:
            if not self._may_be_raw:
                raise BodyError("the compressed body is broken") from None
        finally:
            self._may_be_raw = False
        self._inflate = zlib.decompressobj(wbits=-15)
        return self._decompress(self._inflate, piece)
