# ruff: noqa: E501 - a table reads best with one command a line
"""Everything that the app can do, in one table: menus, shortcuts, tooltips and palette read it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, cast

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

# Marks a text for translation; `translated` looks it up when it is shown.
_ = cast("Callable[[str, str], str]", QT_TRANSLATE_NOOP)


@dataclass(frozen=True, slots=True)
class Command:
    """One action: its name in the code, its words, its keys (the first is shown in the menu).

    ``needs_draft`` actions are off while no draft is open. Those of a ``room`` (``write``,
    ``reports``) are off in the other one, so that a key never acts on what is not seen.
    """

    name: str
    text: str
    tip: str
    keys: tuple[str, ...]
    needs_draft: bool = False
    checkable: bool = False
    room: str = ""


@dataclass(frozen=True, slots=True)
class Menu:
    """A menu of the menu bar: commands, None for a line, or a menu inside the menu."""

    title: str
    items: tuple["Command | Menu | None", ...]


def _draft(name: str, text: str, tip: str, *keys: str) -> Command:
    return Command(name, text, tip, keys, needs_draft=True, room="write")


def _app(name: str, text: str, tip: str, *keys: str) -> Command:
    return Command(name, text, tip, keys)


def _switch(name: str, text: str, tip: str, *keys: str) -> Command:
    return Command(name, text, tip, keys, checkable=True)


def _desk(name: str, text: str, tip: str, *keys: str) -> Command:
    return Command(name, text, tip, keys, room="write")


def _desk_switch(name: str, text: str, tip: str, *keys: str) -> Command:
    return Command(name, text, tip, keys, checkable=True, room="write")


def _report(name: str, text: str, tip: str, *keys: str) -> Command:
    return Command(name, text, tip, keys, room="reports")


# fmt: off
MENUS: Final[tuple[Menu, ...]] = (
    Menu(_("actions", "&File"), (
        _app("new", _("actions", "&New draft"), _("actions", "Start an empty draft"), "Ctrl+N"),
        _app("new_from_template", _("actions", "New from &template…"), _("actions", "Start a draft from a template"), "Ctrl+Alt+N"),
        _app("open", _("actions", "&Open…"), _("actions", "Open a Markdown file"), "Ctrl+O"),
        _app("open_recent", _("actions", "O&pen recent…"), _("actions", "Open one of the drafts that you opened last"), "Ctrl+Shift+R"),
        _app("choose_folder", _("actions", "Drafts &folder…"), _("actions", "Choose the folder in which your drafts are kept"), "Ctrl+Alt+O"),
        None,
        _draft("save", _("actions", "&Save"), _("actions", "Save now and keep this version; drafts also save themselves"), "Ctrl+S"),
        _draft("save_copy", _("actions", "Save a &copy…"), _("actions", "Write the draft to another file"), "Ctrl+Shift+S"),
        _draft("rename", _("actions", "&Rename…"), _("actions", "Give the draft's file another name"), "F2"),
        _draft("duplicate", _("actions", "&Duplicate"), _("actions", "Make a copy of the draft and open it"), "Ctrl+Shift+D"),
        _draft("versions", _("actions", "&Versions…"), _("actions", "See, compare and restore saved versions"), "Ctrl+Alt+V"),
        _draft("trash", _("actions", "Move to &trash"), _("actions", "Move the draft's file to the trash"), "Ctrl+Shift+Backspace"),
        None,
        _draft("close", _("actions", "&Close draft"), _("actions", "Close this draft; it stays in its folder"), "Ctrl+W"),
        _app("reopen", _("actions", "Reopen c&losed draft"), _("actions", "Open the draft that was closed last"), "Ctrl+Shift+T"),
        None,
        _app("settings", _("actions", "S&ettings…"), _("actions", "Choose how Sendoff looks and works"), "Ctrl+,"),
        _app("quit", _("actions", "&Quit"), _("actions", "Save everything and leave"), "Ctrl+Q"),
    )),
    Menu(_("actions", "&Edit"), (
        _draft("undo", _("actions", "&Undo"), _("actions", "Take the last change back"), "Ctrl+Z"),
        _draft("redo", _("actions", "&Redo"), _("actions", "Make the change again"), "Ctrl+Shift+Z", "Ctrl+Y"),
        None,
        _draft("cut", _("actions", "Cu&t"), _("actions", "Move the selection to the clipboard"), "Ctrl+X"),
        _draft("copy", _("actions", "&Copy"), _("actions", "Copy the selection"), "Ctrl+C"),
        _draft("paste", _("actions", "&Paste"), _("actions", "Insert the clipboard; rich text becomes Markdown"), "Ctrl+V"),
        _draft("paste_plain", _("actions", "Paste as p&lain text"), _("actions", "Insert the clipboard's text as it is"), "Ctrl+Shift+V"),
        _draft("select_all", _("actions", "Select &all"), _("actions", "Select the whole draft"), "Ctrl+A"),
        None,
        _draft("bold", _("actions", "&Bold"), _("actions", "Make the selection bold"), "Ctrl+B"),
        _draft("italic", _("actions", "&Italic"), _("actions", "Make the selection italic"), "Ctrl+I"),
        _draft("insert_link", _("actions", "Lin&k"), _("actions", "Turn the selection into a link"), "Ctrl+K"),
        _draft("insert_snippet", _("actions", "S&nippet…"), _("actions", "Insert a text that many issues share, or change one"), "Ctrl+Alt+J"),
        _draft("heading_deeper", _("actions", "Heading one level &deeper"), _("actions", "Add a #: text becomes a heading, a heading a smaller one"), "Alt+Shift+Right"),
        _draft("heading_higher", _("actions", "Heading one level &higher"), _("actions", "Take a # away: a heading becomes a larger one, or text again"), "Alt+Shift+Left"),
        None,
        _draft("find", _("actions", "&Find…"), _("actions", "Find in this draft"), "Ctrl+F"),
        _draft("replace", _("actions", "R&eplace…"), _("actions", "Find and replace in this draft"), "Ctrl+H"),
        _draft("find_next", _("actions", "Find &next"), _("actions", "Go to the next place found"), "F3"),
        _draft("find_previous", _("actions", "Find pre&vious"), _("actions", "Go to the place found before"), "Shift+F3"),
        _app("search", _("actions", "Search in all &drafts…"), _("actions", "Search the text of all drafts"), "Ctrl+Shift+F"),
    )),
    Menu(_("actions", "&View"), (
        _switch("show_write", _("actions", "&Write"), _("actions", "Show the drafts"), "Ctrl+Shift+1"),
        _switch("show_reports", _("actions", "Repor&ts"), _("actions", "Show how the issues landed that were sent"), "Ctrl+Shift+2"),
        None,
        _desk_switch("show_drafts", _("actions", "&Drafts"), _("actions", "Show the list of drafts"), "Ctrl+1"),
        _desk_switch("show_preview", _("actions", "&Preview"), _("actions", "Show the draft as the email that readers get"), "Ctrl+2"),
        _desk_switch("show_links", _("actions", "&Links"), _("actions", "Show the draft's links, the worst first"), "Ctrl+3"),
        _desk_switch("show_outline", _("actions", "&Outline"), _("actions", "Show the draft's headings"), "Ctrl+4"),
        _desk_switch("show_clicks", _("actions", "Clic&ks beside the text"), _("actions", "In the draft of a sent issue, show how many people clicked each link"), "Ctrl+5"),
        _desk_switch("show_checks", _("actions", "C&hecks"), _("actions", "Show what readers would stumble over, the worst first"), "Ctrl+6"),
        Menu(_("actions", "Look of the p&review"), (
            _desk_switch("preview_phone", _("actions", "As on a &phone"), _("actions", "Show the letter as narrow as on a phone"), "Ctrl+Alt+P"),
            _desk_switch("preview_dark", _("actions", "In a &dark mail program"), _("actions", "Show the letter as a dark mail program does"), "Ctrl+Alt+D"),
            _desk_switch("preview_images", _("actions", "With remote &images"), _("actions", "Load remote images (their servers will see that you looked)"), "Ctrl+Alt+I"),
            None,
            _desk("preview_larger", _("actions", "&Larger"), _("actions", "Show the letter larger"), "Ctrl+Alt++", "Ctrl+Alt+="),
            _desk("preview_smaller", _("actions", "&Smaller"), _("actions", "Show the letter smaller"), "Ctrl+Alt+-"),
            _desk("preview_natural", _("actions", "&Natural size"), _("actions", "Show the letter in its own size"), "Ctrl+Alt+Home"),
        )),
        None,
        _desk_switch("focus", _("actions", "&Focus"), _("actions", "Nothing but the text"), "F9"),
        _switch("full_screen", _("actions", "F&ull screen"), _("actions", "Use the whole screen"), "F11"),
        None,
        _desk("zoom_in", _("actions", "Zoom &in"), _("actions", "Larger text"), "Ctrl++", "Ctrl+="),
        _desk("zoom_out", _("actions", "Zoom &out"), _("actions", "Smaller text"), "Ctrl+-"),
        _desk("zoom_reset", _("actions", "&Normal text size"), _("actions", "The text's size as chosen in the settings"), "Ctrl+0"),
        None,
        Menu(_("actions", "&Appearance"), (
            _switch("appearance_system", _("actions", "As the &system"), _("actions", "Light or dark as the desktop has it"), "Ctrl+Alt+0"),
            _switch("appearance_light", _("actions", "&Light"), _("actions", "Dark text on light paper"), "Ctrl+Alt+1"),
            _switch("appearance_dark", _("actions", "&Dark"), _("actions", "Light text on dark paper"), "Ctrl+Alt+2"),
        )),
        None,
        _app("palette", _("actions", "&Command palette…"), _("actions", "Find any command by its name"), "Ctrl+Shift+P"),
    )),
    Menu(_("actions", "&Go"), (
        _app("go_draft", _("actions", "To &draft…"), _("actions", "Find a draft by its name"), "Ctrl+P"),
        _draft("go_heading", _("actions", "To &heading…"), _("actions", "Find a heading of this draft"), "Ctrl+Shift+O"),
        _draft("go_line", _("actions", "To &line…"), _("actions", "Go to a line by its number"), "Ctrl+G"),
        None,
        _desk("next_draft", _("actions", "&Next open draft"), _("actions", "Show the next open draft"), "Ctrl+PgDown", "Ctrl+Tab"),
        _desk("previous_draft", _("actions", "&Previous open draft"), _("actions", "Show the open draft before"), "Ctrl+PgUp", "Ctrl+Shift+Tab"),
        None,
        _app("next_pane", _("actions", "Next &part of the window"), _("actions", "Move between list, text, preview and links"), "F6"),
        _app("previous_pane", _("actions", "Pre&vious part of the window"), _("actions", "Move between them the other way"), "Shift+F6"),
        _desk("filter_drafts", _("actions", "To the li&st of drafts"), _("actions", "Filter the list of drafts"), "Ctrl+Shift+E"),
    )),
    Menu(_("actions", "&Links"), (
        _draft("next_problem", _("actions", "&Next problem"), _("actions", "Go to the next link that wants attention"), "F8"),
        _draft("previous_problem", _("actions", "&Previous problem"), _("actions", "Go to the link before that wants attention"), "Shift+F8"),
        None,
        _draft("show_card", _("actions", "&About this link"), _("actions", "Say what is known of the link at the cursor, and mend it"), "Ctrl+."),
        _draft("open_link", _("actions", "&Open in the browser"), _("actions", "Open the link at the cursor"), "Ctrl+Return"),
        _draft("recheck_link", _("actions", "&Check this link again"), _("actions", "Ask the link's site again"), "F5"),
        _draft("recheck_all", _("actions", "Check a&ll again"), _("actions", "Ask for every link of this draft again"), "Ctrl+F5"),
        None,
        _draft("accept_link", _("actions", "I checked it by &hand"), _("actions", "Take the link at the cursor as working"), "Ctrl+Shift+A"),
        _draft("ignore_link", _("actions", "&Ignore in this draft"), _("actions", "Say no more of the link at the cursor in this draft"), "Ctrl+Shift+I"),
        None,
        _app("network", _("actions", "Ne&twork…"), _("actions", "What Sendoff knows of the network"), "Ctrl+Shift+N"),
    )),
    Menu(_("actions", "&Send"), (
        _draft("next_finding", _("actions", "&Next finding"), _("actions", "Go to the next place that readers would stumble over"), "F7"),
        _draft("previous_finding", _("actions", "&Previous finding"), _("actions", "Go to the place before that readers would stumble over"), "Shift+F7"),
        _draft("mend_finding", _("actions", "&Mend it"), _("actions", "Make the repair that is offered for the finding at the cursor"), "Ctrl+F7"),
        _draft("mute_finding", _("actions", "M&ute…"), _("actions", "Hear no more of what was found at the cursor, in this issue or in all"), "Ctrl+Alt+Q"),
        _draft("inbox_view", _("actions", "In the in&box"), _("actions", "Show subject and preview text as lists of mails do, or hide that again"), "Ctrl+Alt+U"),
        None,
        _app("email_look", _("actions", "&Look of the email…"), _("actions", "Choose colours, fonts, what stands above and below, and what links tell"), "Ctrl+Alt+L"),
        _draft("test_mail", _("actions", "&Test mail…"), _("actions", "Send the issue to yourself, as readers will get it"), "Ctrl+Alt+T"),
        _draft("export_draft", _("actions", "&Export…"), _("actions", "Save the issue as HTML, as a message, as text or as a PDF"), "Ctrl+Alt+X"),
        _draft("copy_rich", _("actions", "&Copy as rich text"), _("actions", "Copy the issue, or what is selected, formatted for mail programs and other editors"), "Ctrl+Alt+C"),
        None,
        _draft("hand_over", _("actions", "&Hand over…"), _("actions", "Look at every link once more, then put the issue to your platform as a draft"), "Ctrl+Shift+Return"),
        _draft("issue_history", _("actions", "Issue's h&istory…"), _("actions", "What was handed over, when and where, and which links were let through and why"), "Ctrl+Alt+Y"),
    )),
    Menu(_("actions", "&Reports"), (
        _report("previous_issue", _("actions", "&Previous issue"), _("actions", "Show the issue above this one in the list"), "Alt+PgUp"),
        _report("next_issue", _("actions", "&Next issue"), _("actions", "Show the issue below this one in the list"), "Alt+PgDown"),
        _report("all_issues", _("actions", "&Back to the list"), _("actions", "Show the list of issues"), "Alt+Left"),
        None,
        _report("filter_issues", _("actions", "&Filter the issues"), _("actions", "Find issues by words, account, date and rates"), "Ctrl+Alt+F"),
        _report("export_issues", _("actions", "&Export…"), _("actions", "Save the figures that are shown: PDF, Markdown, CSV or JSON"), "Ctrl+Alt+S"),
        None,
        _report("report_people", _("actions", "People or every&body"), _("actions", "In an issue's figures, count people only, or machines with them"), "Ctrl+Alt+E"),
        _report("report_hours", _("actions", "&Hours or days"), _("actions", "Show an issue's course by hours or by days"), "Ctrl+Alt+H"),
        _report("report_map", _("actions", "&Clicks in the text"), _("actions", "Show the issue's text with the clicks on its links"), "Ctrl+Alt+K"),
        _report("report_pdf", _("actions", "Save the issue's report as P&DF…"), _("actions", "Save the issue's report on a page of A4"), "Ctrl+Alt+R"),
        _report("report_markdown", _("actions", "Copy the issue's report as &Markdown"), _("actions", "To paste into the next issue"), "Ctrl+Alt+M"),
        None,
        _app("dead_links", _("actions", "&Links that died…"), _("actions", "Links of sent issues and drafts that have died since, and archived copies of them"), "Ctrl+Alt+G"),
        None,
        _app("sync_now", _("actions", "&Sync now"), _("actions", "Fetch the newest figures of every account"), "Ctrl+Shift+Y"),
        _app("accounts", _("actions", "&Accounts…"), _("actions", "Add, test and remove the platforms that you send from"), "Ctrl+Alt+A"),
    )),
    Menu(_("actions", "&Help"), (
        _app("shortcuts", _("actions", "&Keyboard shortcuts"), _("actions", "All shortcuts on one page"), "F1"),
        _app("about", _("actions", "&About Sendoff"), _("actions", "Version, licence and folders"), "Shift+F1"),
    )),
)
# fmt: on


def commands(menu: Menu | None = None) -> Iterator[Command]:
    """Every command of a menu, or of all of them, in the menus' order."""
    for item in MENUS if menu is None else menu.items:
        if isinstance(item, Menu):
            yield from commands(item)
        elif item is not None:
            yield item


def translated(text: str) -> str:
    """A title, text or tip of the table in the writer's language."""
    return QCoreApplication.translate("actions", text)


def words(text: str) -> str:
    """A command's text in the writer's language, without the mnemonic's ampersand."""
    return translated(text).replace("&", "")
