"""The looks of the plain Qt widgets, as one style sheet made from a theme."""

from string import Template

from PySide6.QtWidgets import QApplication

from app.paths import resources_dir
from app.ui import fonts, theme
from app.ui.theme import Theme

# What is not a list row, a mark or an icon (those are painted) is styled here. The editor is not:
# Qt takes what is styled for transparent, and paints all that lies below it with every key.
_SHEET = Template("""
QMainWindow, QWidget#desk { background: $paper; }
QWidget#sidebar, QWidget#inspector { background: $panel; }
QToolTip { background: $raised; color: $text; border: 1px solid $line; padding: 4px 7px; }

QMenuBar { background: $panel; color: $text_soft; padding: 2px 6px; border: 0; }
QMenuBar::item { background: transparent; padding: 5px 9px; border-radius: 5px; }
QMenuBar::item:selected, QMenuBar::item:pressed { background: $hover; color: $text; }
QMenu { background: $raised; color: $text; border: 1px solid $line; padding: 6px; }
QMenu::item { padding: 5px 26px 5px 14px; border-radius: 5px; }
QMenu::item:selected { background: $chosen; }
QMenu::item:disabled { color: $text_faint; }
QMenu::separator { height: 1px; background: $line; margin: 6px 8px; }
QMenu::indicator { width: 14px; height: 14px; left: 4px; }

QSplitter::handle { background: $paper; }
QSplitter::handle:hover { background: $line; }

QTabBar { background: $paper; border: 0; }
QTabBar::tab { background: transparent; color: $text_soft; padding: 7px 6px 7px 14px;
    max-width: 200px; border: 0; border-bottom: 2px solid transparent; }
QTabBar::tab:selected { color: $text; border-bottom-color: $accent; }
QTabBar::tab:hover { color: $text; }
QTabBar QToolButton { background: $paper; border: 0; }

QScrollBar { background: transparent; border: 0; margin: 0; }
QScrollBar:vertical { width: 10px; }
QScrollBar:horizontal { height: 10px; }
QScrollBar::handle { background: $line; border-radius: 3px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::handle:hover { background: $text_faint; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QAbstractScrollArea::corner { background: transparent; }

QLineEdit, QAbstractSpinBox, QComboBox {
    background: $paper; color: $text; border: 1px solid $line; border-radius: 6px;
    padding: 4px 8px; selection-background-color: $selection; selection-color: $text; }
QLineEdit:focus, QAbstractSpinBox:focus, QComboBox:focus { border-color: $accent; }
QLineEdit:disabled, QComboBox:disabled { color: $text_faint; }
QAbstractSpinBox { padding: 4px 0; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { width: 0; border: 0; }
QAbstractSpinBox QLineEdit { border: 0; padding: 0 8px; background: transparent; }
QComboBox::drop-down { border: 0; width: 22px; }
QComboBox::down-arrow { image: url($icons/down-$name.svg); width: 14px; height: 14px; }
QComboBox QAbstractItemView {
    background: $raised; color: $text; border: 1px solid $line; padding: 4px;
    selection-background-color: $chosen; selection-color: $text; outline: 0; }
QLineEdit { lineedit-clear-button-icon: url($icons/clear-$name.svg); }

QPushButton {
    background: $raised; color: $text; border: 1px solid $line; border-radius: 6px;
    padding: 5px 14px; }
QPushButton:hover { background: $hover; }
QPushButton:pressed, QPushButton:checked { background: $chosen; }
QPushButton:focus { border-color: $accent; }
QPushButton:disabled { color: $text_faint; }
QPushButton:default { background: $accent; color: $on_accent; border-color: $accent; }
QPushButton:default:disabled { background: $hover; color: $text_faint; border-color: $line; }
QPushButton[quiet="true"] { background: transparent; border-color: transparent; padding: 3px 9px; }
QPushButton[quiet="true"]:hover { background: $hover; }
QPushButton[quiet="true"]:focus { border-color: $accent; }
QPushButton[flush="true"] { padding-left: 0; padding-right: 0; text-align: left; }
QPushButton[flush="true"]:hover { background: transparent; color: $accent; }
QPushButton[flush="true"]:focus { border-color: transparent; text-decoration: underline; }
QPushButton[quiet="true"]:checked { color: $text; background: $chosen; }

QListView, QTreeView { background: transparent; border: 0; outline: 0; color: $text; }
QListView#completions { background: $raised; border: 1px solid $line; padding: 4px;
    selection-background-color: $chosen; selection-color: $text; }
QTableView, QTreeWidget { background: transparent; border: 0; outline: 0; color: $text; }
QTableView::item:selected, QTreeWidget::item:selected { background: $chosen; color: $text; }
QTableView QHeaderView { background: transparent; border: 0; }
QTableView QHeaderView::section { background: transparent; color: $text_soft; border: 0;
    border-bottom: 1px solid $line; padding: 4px 3px; }
QTableView QHeaderView::section:hover { color: $text; }
QDialog QSplitter::handle { background: transparent; }
QTextBrowser, QTextEdit { border: 0; background: $paper; color: $text;
    selection-background-color: $selection; selection-color: $text; }
QPlainTextEdit[field="true"] {
    background: $paper; color: $text; border: 1px solid $line; border-radius: 6px; padding: 4px 6px;
    selection-background-color: $selection; selection-color: $text; }
QPlainTextEdit[field="true"]:focus { border-color: $accent; }
QDialog, QMessageBox { background: $panel; color: $text; }
QLabel { color: $text; background: transparent; }
QLabel[tone="soft"] { color: $text_soft; }
QLabel[tone="faint"] { color: $text_faint; }
QFrame[rule="true"] { background: $line; border: 0; max-height: 1px; min-height: 1px; }
QWidget#card { background: $raised; border: 1px solid $line; border-radius: 10px; }
""")


def sheet(colors: Theme) -> str:
    """The style sheet for a theme."""
    names = {name: getattr(colors, name) for name in Theme.__dataclass_fields__}
    return _SHEET.substitute(names, icons=(resources_dir() / "icons").as_posix())


def dress(application: QApplication) -> None:
    """Give the application the current theme's looks, now and whenever the theme changes."""
    fonts.load()
    application.setStyle("Fusion")
    application.setFont(fonts.interface())

    def apply() -> None:
        application.setPalette(theme.palette(theme.current()))
        application.setStyleSheet(sheet(theme.current()))

    apply()
    theme.notifier().changed.connect(apply)
