"""Integers as Web Risk compresses them: ascending, as differences, in Rice codes.

Source: https://cloud.google.com/web-risk/docs/update-api (Compression) and the message
``RiceDeltaEncoding`` of webrisk.proto. The bits of a byte come lowest first; a number is its
quotient in ones, a zero, then ``parameter`` bits of remainder, lowest first.
"""

from collections.abc import Iterator


class RiceError(ValueError):
    """The data is no such code."""


def decode(first: int, parameter: int, count: int, data: bytes) -> Iterator[int]:
    """``first``, and the ``count`` numbers whose differences are in ``data``.

    Raises:
        RiceError: the parameter is impossible, or the data ends too early or too late.
    """
    yield first
    if not count:
        return
    if not 0 <= parameter <= 32:
        raise RiceError("impossible parameter")
    buffer = held = position = 0
    mask = (1 << parameter) - 1
    value = first
    for _ in range(count):
        quotient = 0
        while True:
            if not held:
                if position >= len(data):
                    raise RiceError("the data ends too early")
                piece = data[position : position + 8]
                buffer, held, position = (
                    int.from_bytes(piece, "little"),
                    8 * len(piece),
                    position + 8,
                )
            ones = (~buffer & (buffer + 1)).bit_length() - 1
            if ones < held:
                quotient += ones
                buffer >>= ones + 1
                held -= ones + 1
                break
            quotient += held
            buffer = held = 0
        if held < parameter:
            piece = data[position : position + 8]
            buffer |= int.from_bytes(piece, "little") << held
            held += 8 * len(piece)
            position += 8
            if held < parameter:
                raise RiceError("the data ends too early")
        value += (quotient << parameter) | (buffer & mask)
        buffer >>= parameter
        held -= parameter
        yield value
    if held + 8 * max(len(data) - position, 0) >= 8:
        raise RiceError("the data ends too late")
