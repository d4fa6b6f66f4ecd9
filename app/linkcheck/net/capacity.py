"""How many connections the system lets this program have open."""

_FOR_OTHERS = 48
"""Open files that the program needs besides: standard streams, databases, look-ups of names."""
_UNKNOWN = 512


def connections_at_once(wanted: int) -> int:
    """``wanted``, or fewer where the limit on open files would be met: no link's fault."""
    return max(2, min(wanted, _available() * 3 // 4))


def idle_connections(wanted: int) -> int:
    """How many connections may be kept for later, beside those in use."""
    return max(1, min(wanted, _available() // 4))


def _available() -> int:
    try:
        import resource
    except ImportError:  # Windows has no such limit; its select() has
        return _UNKNOWN
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return 1 << 20
    return int(soft) - _FOR_OTHERS
