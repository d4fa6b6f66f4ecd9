"""When parsing itself fails: noted without a word of the draft, whose text stays as plain text.

markdown-it and its plugins have raised on text that writers can type, and may again. Such a
mistake costs the styles and links of one place, never the editor.
"""

import logging
from pathlib import Path

log = logging.getLogger(__name__)


def note(error: BaseException, doing: str) -> None:
    """Log what went wrong and where in the program; an error's message may quote the draft."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = "an unknown place"
    if trace is not None:
        place = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
    name = type(error).__name__
    log.error("%s failed with %s at %s; that text is taken as it is", doing, name, place)
