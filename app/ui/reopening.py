"""Which drafts are opened at a start: those of the last session, those asked for, those unsaved."""

from collections.abc import Sequence
from pathlib import Path

from app.ui.desk import JOURNAL, Desk
from app.ui.session import Place, Session


class Reopening:
    """Opens the draft that is looked at first, and the others once there is time."""

    def __init__(self, desk: Desk, session: Session) -> None:
        self._desk = desk
        self._session = session
        self._waiting: list[Place] = []

    def open_first(self, paths: Sequence[Path]) -> None:
        """Open what is shown first: the last of these files, else where the writer was."""
        places = list(self._session.open)
        known = {place.path for place in places}
        places += [Place(str(path.absolute())) for path in paths if str(path) not in known]
        current = str(paths[-1].absolute()) if paths else self._session.current
        first = next((each for each in places if each.path == current), None)
        first = first or (places[0] if places else None)
        if first is not None:
            self._open(first, show=True)
        self._waiting = [place for place in places if place is not first]

    def open_rest(self) -> None:
        """Open the others, and drafts that another session left without a file."""
        for place in self._waiting:
            self._open(place, show=False)
        self._waiting = []
        self._open_unsaved()

    def _open(self, place: Place, *, show: bool) -> None:
        if place.path.startswith(JOURNAL):
            journal = place.path.removeprefix(JOURNAL)
            sheet = self._desk.open_untitled(journal=journal, show=show)
        elif show or Path(place.path).exists():
            sheet = self._desk.open(Path(place.path), show=show)
        else:
            return  # it was moved or deleted meanwhile
        if sheet is not None and sheet.editor is not None and (place.line or place.column):
            sheet.editor.go_to(place.line, place.column)
            sheet.editor.scroll_to_line(place.top)

    def _open_unsaved(self) -> None:
        from app.drafts.opening import unsaved_drafts
        from app.drafts.storage import Storage

        for unsaved in unsaved_drafts(Storage.default()):
            if unsaved.path is None:
                self._desk.open_untitled(journal=unsaved.key, show=False)
            elif self._desk.find(unsaved.path) is None:
                self._desk.open(unsaved.path, show=False)
