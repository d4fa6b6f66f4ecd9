"""The commands about the look of the email, and the preview's template."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.ui.desk import Desk
from app.ui.editor.jobs import window_post
from app.ui.loading import when_loaded
from app.ui.look.clip_watch import ClipWatch
from app.ui.main_window import MainWindow
from app.ui.saver import Saver

if TYPE_CHECKING:
    from app.publish import EmailTemplate
    from app.publish.clip import Cut
    from app.ui.preview.preview import PreviewPane


class LookActions(QObject):
    """Opens the dialogs; keeps the preview in the template of the draft's publication.

    ``folder`` says where drafts are that have no file yet.
    """

    def __init__(
        self, window: MainWindow, desk: Desk, saver: Saver, folder: Callable[[], Path]
    ) -> None:
        super().__init__(window)
        self._window = window
        self._desk = desk
        self._saver = saver
        self._folder = folder
        self._preview: PreviewPane | None = None
        self.clip = ClipWatch(self._is_preview_seen, self)
        self.clip.measured.connect(self._show_cut)
        for name, module, show in (
            ("email_look", "dialog", self._show_look),
            ("insert_snippet", "snippets", self._show_snippets),
        ):
            window.commands.bind(name, self._loader(f"app.ui.look.{module}", show))
        desk.current_changed.connect(self._follow)

    def set_preview(self, preview: "PreviewPane") -> None:
        """The preview was made: it shows the publication's template from now on."""
        self._preview = preview
        preview.shown.connect(self.clip.again)
        self._follow()

    def refresh(self) -> None:
        """Show what was stored last; read behind what is still being stored."""
        if self._preview is None or self._desk.current is None:
            return
        preview, folder, post = self._preview, self._publication(), window_post()

        def read() -> None:
            template, trouble = _template_of(folder)
            post.bring(lambda: self._give(preview, folder, template, trouble))

        self._saver.do("look of the preview", read)

    def _follow(self) -> None:
        """Another draft is shown."""
        sheet = self._desk.current
        if self._preview is not None:
            self.clip.follow(sheet.draft if sheet else None, lambda: sheet.path if sheet else None)
        self.refresh()

    def _is_preview_seen(self) -> bool:
        return self._preview is not None and self._preview.isVisible()

    def _show_cut(self, cut: "Cut | None") -> None:
        if self._preview is None:
            return
        words = ""
        if cut is not None:
            size = f"{cut.size / 1000:.0f}"
            if cut.offset is None:
                words = self.tr("The letter has {0} KB here. Gmail cuts at 102 KB.").format(size)
            else:
                words = self.tr(
                    "Gmail cuts the letter here, at 102 KB, and hides the rest behind a link."
                    " It has {0} KB."
                ).format(size)
        self._preview.show_cut(cut, words)

    def _give(
        self, preview: "PreviewPane", folder: Path, template: "EmailTemplate | None", trouble: str
    ) -> None:
        if folder == self._publication():
            preview.set_template(template, trouble)
            self.clip.again()

    def _publication(self) -> Path:
        sheet = self._desk.current
        return sheet.path.parent if sheet is not None and sheet.path else self._folder()

    def _loader(self, module: str, show: Callable[[], object]) -> Callable[[], None]:
        return lambda: when_loaded(module, show, self)

    def _show_look(self) -> None:
        from app.ui.look.dialog import LookDialog
        from app.ui.look.rendering import AtHand

        sheet = self._desk.current
        draft = AtHand(self._publication())
        if sheet is not None:
            text = "\n".join(sheet.draft.lines)
            draft = AtHand(self._publication(), text, sheet.path, sheet.title)
        dialog = LookDialog(self._window, self._saver, draft)
        dialog.kept.connect(self.refresh)
        dialog.finished.connect(lambda _: self.refresh())
        dialog.open()

    def _show_snippets(self) -> None:
        from app.ui.look.snippets import SnippetsDialog

        dialog = SnippetsDialog(self._window, self._saver, self._publication())
        dialog.chosen.connect(self._insert)
        dialog.errands.kept.connect(self._reload)
        post = window_post()
        reload = "snippets in the preview"  # behind what the dialog stores as it closes
        dialog.finished.connect(lambda _: self._saver.do(reload, lambda: post.bring(self._reload)))
        dialog.open()

    def _reload(self) -> None:
        if self._preview is not None:
            self._preview.reload()
        self.clip.again()

    def _insert(self, text: str) -> None:
        sheet = self._desk.current
        if sheet is not None and sheet.editor is not None and not sheet.editor.isReadOnly():
            sheet.editor.insertPlainText(text)
            sheet.editor.setFocus()


def _template_of(folder: Path) -> "tuple[EmailTemplate | None, str]":
    """A publication's template (None for the built-in one), and why it is not the chosen one."""
    from app.publish import HabitsError, TemplateError, habits_of
    from app.publish.shelf import Shelf

    try:
        name = habits_of(folder).template
        return (Shelf().template(name) if name else None), ""
    except (HabitsError, TemplateError) as error:
        return None, str(error)
