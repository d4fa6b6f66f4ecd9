"""Pre-flight in the window: what its commands do, and whose findings are shown."""

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from app.ui.arrangement import Arrangement
from app.ui.background import ask_for
from app.ui.desk import Desk
from app.ui.editor.jobs import run_in_thread
from app.ui.main_window import MainWindow
from app.ui.notices import Notice, Tone

if TYPE_CHECKING:
    from pathlib import Path

    from app.linkcheck.verdict import Status
    from app.preflight import Finding, Severity
    from app.preflight.muting import Mute, Scope
    from app.ui.preflight.findings import Findings
    from app.ui.preflight.gutter import FindingGutter
    from app.ui.preflight.inbox_follow import InboxFollower
    from app.ui.preflight.panel import ChecksPanel
    from app.ui.preflight.surroundings import Surroundings
    from app.ui.sheet import Sheet


class PreflightActions(QObject):
    """Looks the current draft over from `start` on; before that nothing of it is loaded."""

    def __init__(self, window: MainWindow, desk: Desk, arrangement: Arrangement) -> None:
        super().__init__(window)
        self._window, self._desk, self._arrangement = window, desk, arrangement
        self._is_closed = False
        self._surroundings: Surroundings | None = None
        self._panel: ChecksPanel | None = None
        self._inbox: InboxFollower | None = None
        self._shown: Sheet | None = None
        self._gutters: dict[int, FindingGutter] = {}
        self._paths: dict[int, Path | None] = {}
        actions = window.commands
        actions.bind("next_finding", lambda: self._step(1))
        actions.bind("previous_finding", lambda: self._step(-1))
        actions.bind("mend_finding", self._mend)
        actions.bind("mute_finding", self._mute)
        actions.bind("inbox_view", self._show_inbox)
        window.status.checks.clicked.connect(self._show_panel)

    def start(self) -> None:
        """The start is over: load the rules in a thread, then look over what is shown."""
        run_in_thread(_load, self._set_up, self)

    def close(self) -> None:
        """Close what is open beside the window, and give the files back."""
        self._is_closed = True
        if self._inbox is not None:
            self._inbox.close()
        if self._surroundings is not None:
            self._surroundings.close()

    @property
    def findings(self) -> "Findings | None":
        """Those of the current draft."""
        return self._shown.findings if self._shown is not None else None

    # following

    def _set_up(self) -> None:
        if self._is_closed:  # sooner than the rules were loaded
            return
        from app.ui.preflight.panel import ChecksPanel
        from app.ui.preflight.surroundings import Surroundings

        self._surroundings = Surroundings()
        self._panel = panel = ChecksPanel()
        self._window.inspector.furnish(panel, panel.list)
        panel.opened.connect(self._mark_here)
        panel.go_to.connect(self._go_to)
        panel.fix_wanted.connect(self._fix)
        panel.mute_wanted.connect(self._ask_mute)
        panel.unmute_wanted.connect(self._unmute)
        panel.links_wanted.connect(self._show_links)
        panel.foot.platform_chosen.connect(lambda platform: self._choose(platform=platform))
        panel.foot.account_chosen.connect(lambda account: self._choose(account=account))
        self._desk.current_changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        """Look over the draft that is shown, and no other."""
        sheet = self._desk.current
        if sheet is self._shown or self._surroundings is None or self._panel is None:
            return
        if self._shown in self._desk.sheets and self.findings is not None:
            self.findings.set_on(False)
        self._shown = sheet
        if sheet is not None and sheet.findings is None:
            self._furnish(sheet, self._surroundings)
        if self._inbox is not None:
            self._inbox.follow(sheet)
        self._panel.show_findings(self.findings)
        self._count()
        if self.findings is not None:
            self.findings.set_on(True)

    def _furnish(self, sheet: "Sheet", surroundings: "Surroundings") -> None:
        from app.ui.preflight.findings import Findings
        from app.ui.preflight.gutter import FindingGutter

        findings = Findings(sheet.draft, lambda: sheet.path, surroundings, sheet)
        sheet.findings = findings
        sheet.findings_made.emit(findings)
        findings.changed.connect(lambda: self._on_changed(findings))
        findings.drifted.connect(lambda: self._on_drifted(findings))
        self._paths[sheet.key] = sheet.path
        sheet.saved_changed.connect(lambda: self._follow_name(sheet))
        if sheet.editor is not None:
            gutter = self._gutters[sheet.key] = FindingGutter(sheet.editor, findings)
            gutter.picked.connect(self._open)
            gutter.destroyed.connect(lambda _, key=sheet.key: self._gutters.pop(key, None))

    def _on_changed(self, findings: "Findings") -> None:
        if findings is self.findings and self._panel is not None:
            self._panel.renew()
            self._count()

    def _on_drifted(self, findings: "Findings") -> None:
        if findings is self.findings and self._panel is not None and self._panel.isVisible():
            self._panel.move_along()

    def _count(self) -> None:
        from app.ui.preflight.words import counts_words

        findings = self.findings
        if findings is None or not findings.is_known:
            self._window.status.show_checks("")
            return
        counts = {group: len(found) for group, found in findings.judged.own.items()}
        self._window.status.show_checks(counts_words(counts) or self.tr("Looked over"))

    def _follow_name(self, sheet: "Sheet") -> None:
        """Mutes go along with a draft whose file has another name."""
        before, path = self._paths.get(sheet.key), sheet.path
        if before == path:
            return
        self._paths[sheet.key] = path
        if before is not None and path is not None:
            self._keep(lambda surroundings: surroundings.moved(before, path))
        elif sheet.findings is not None:
            sheet.findings.renew()

    # going there

    def _show_panel(self) -> None:
        self._arrangement.show_page("checks")
        if self._panel is not None:
            self._panel.list.setFocus()

    def _open(self, finding: "Finding") -> None:
        """A mark beside the text was clicked: show its place and what is said of it."""
        self._go_to(finding)
        self._arrangement.show_page("checks")
        if self._panel is not None:
            self._panel.mark(finding)

    def _go_to(self, finding: "Finding") -> None:
        if self._shown is not None and self._shown.editor is not None and self.findings:
            self._shown.editor.show_place(self.findings.words_now(finding))
            self._shown.editor.setFocus()

    def _step(self, step: int) -> None:
        """The next or the previous finding from where the caret is."""
        sheet, findings = self._shown, self.findings
        if sheet is None or sheet.editor is None or findings is None:
            return
        from app.preflight.listing import step_from

        line, column = sheet.editor.selection.caret
        then = findings.drift.then(line)
        place = (then if then is not None else line, column)
        found = step_from(findings.judged.walked(), place, step)
        if found is None:
            self._tell(self.tr("Nothing was found that readers would stumble over."))
            return
        self._go_to(found)
        is_listed = self._panel is not None and self._panel.isVisible()
        if self._panel is not None and is_listed:
            self._panel.mark(found)
        if (gutter := self._gutters.get(sheet.key)) is not None:
            gutter.tell(found, shows=not is_listed)

    def _here(self) -> "Finding | None":
        """The finding that a command is about: the list's current one, or the caret's."""
        from app.preflight import Finding

        if self._panel is not None and self._is_in_panel():
            row = self._panel.current()
            return row if isinstance(row, Finding) else None
        return self._at_caret()

    def _at_caret(self) -> "Finding | None":
        """The finding on the caret's line that begins nearest to it."""
        sheet, findings = self._shown, self.findings
        if sheet is None or sheet.editor is None or findings is None:
            return None
        line, column = sheet.editor.selection.caret
        then = findings.drift.then(line)
        here = findings.judged.by_line.get(then, ()) if then is not None else ()
        return min(here, key=lambda each: abs(each.column - column), default=None)

    def _mark_here(self) -> None:
        """The list was opened: what is at the caret becomes its current row; no mere hint does."""
        from app.preflight import Severity

        here = self._at_caret()
        is_hint = here is not None and here.severity is Severity.INFO
        if here is not None and not is_hint and self._panel is not None:
            self._panel.mark(here)

    def _is_in_panel(self) -> bool:
        focus: QWidget | None = self._window.focusWidget()
        return focus is not None and self._panel is not None and self._panel.isAncestorOf(focus)

    # what can be done

    def _mend(self) -> None:
        finding = self._here()
        if finding is not None and finding.fix is not None:
            self._fix(finding)
        elif finding is not None:
            self._tell(self.tr("This one only you can mend."))
        else:
            self._tell_nothing()

    def _tell_nothing(self) -> None:
        if self.findings is None or not self.findings.is_known:
            self._tell(self.tr("The draft is still being looked over."))
        else:
            self._tell(self.tr("Nothing was found at the cursor."))

    def _fix(self, finding: "Finding") -> None:
        sheet, findings = self._shown, self.findings
        if sheet is None or sheet.editor is None or findings is None:
            return
        fix = findings.fix_now(finding)
        if sheet.keeper.read_only:
            self._tell(self.tr("This draft is open in another window: here it can only be read."))
        elif fix is None:
            self._tell(self.tr("The text has just changed: it is being looked over again."))
        else:
            sheet.editor.apply_fix(fix)

    def _mute(self) -> None:
        if self._panel is not None and self._is_in_panel():
            self._panel.mute()
            return
        finding = self._here()
        if finding is None:
            self._tell_nothing()
        else:
            self._ask_mute(finding.rule, finding.severity)

    def _ask_mute(self, rule: str, severity: "Severity") -> None:
        from app.preflight import Severity

        path = self._shown.path if self._shown is not None else None
        if severity is Severity.BLOCK:
            self._tell(self.tr("What blocks the send cannot be muted."))
        elif path is None:
            self._tell(self.tr("Give the draft a title first: what is muted is kept by its file."))
        else:
            from app.ui.preflight.mute_dialog import MuteDialog

            dialog = MuteDialog(self._window, rule, path)
            dialog.muted.connect(self._mute_rule)
            dialog.open()

    def _mute_rule(self, rule: str, scope: "Scope", path: "Path", reason: str) -> None:
        self._keep(lambda surroundings: surroundings.mute(rule, scope, path, reason))

    def _unmute(self, mute: "Mute") -> None:
        self._keep(lambda surroundings: surroundings.unmute(mute))

    def _show_inbox(self) -> None:
        if self._inbox is None:
            from app.ui.preflight.inbox_follow import InboxFollower

            self._inbox = InboxFollower(self._window)
            self._inbox.sender_chosen.connect(lambda sender: self._choose(sender=sender))
        self._inbox.toggle(self._shown)

    def _choose(self, **said: object) -> None:
        """The writer says how the publication of the draft is sent."""
        path = self._shown.path if self._shown is not None else None
        if path is not None:
            self._keep(lambda surroundings: surroundings.choose(path.parent, **said))

    def _keep(self, deed: "Callable[[Surroundings], None]") -> None:
        """Keep something in a thread, and look the draft over again."""
        surroundings = self._surroundings
        if surroundings is None:
            return

        from app.preflight.muting import MutesError

        ask_for(
            lambda: deed(surroundings),
            lambda _: self._look_again(),
            lambda error: self._desk.told.emit(Notice("checks", str(error), Tone.ERROR)),
            self,
            (MutesError, OSError),
        )

    def _look_again(self) -> None:
        if self.findings is not None:
            self.findings.renew(now=True)

    def _show_links(self, status: "Status | None") -> None:
        self._arrangement.show_page("links")
        self._window.inspector.links.only(status)
        self._window.inspector.links.list.setFocus()

    def _tell(self, words: str) -> None:
        self._window.notices.tell(Notice("checks", words, Tone.INFO, passing=True))


def _load() -> None:
    for name in ("findings", "panel", "gutter"):
        import_module(f"app.ui.preflight.{name}")
