"""The look in plain choices: colours, fonts, sizes, what stands above and below the issue."""

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.publish.colours import READABLE, contrast
from app.publish.look import FONTS, LONGEST, SIZES, WIDTHS, Look
from app.ui import fonts
from app.ui.accounts.page import words
from app.ui.dialogs.settings.page import form, indent, name_of
from app.ui.look.colour_field import ColourField
from app.ui.look.field import Field


class LookForm(QWidget):
    """Shows a `Look` and changes it.

    Signals:
        changed: Another `Look`.
        page_wanted: The writer wants it as HTML.
    """

    changed = Signal(object)
    page_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(self.tr("Choices"))
        self._look = Look()
        self._showing = False
        self.accent = ColourField(self.tr("Colour of links"), self._accents())
        self.ground = ColourField(self.tr("Background"), self._grounds())
        self.contrast = words("", "soft")
        self.text_font = self._fonts(self.tr("Font of the text"))
        self.heading_font = self._fonts(self.tr("Font of headings"))
        self.text_size = self._number(SIZES, 1)
        self.letter_width = self._number(WIDTHS, 20)
        self.header = self._field(
            self.tr("The name of your letter, or a logo: ![My letter](https://…/logo.png)"), 62
        )
        self.footer = self._field(
            self.tr("Your address and [Unsubscribe]({{ unsubscribe_url }}), in Markdown"), 92
        )
        self.as_page = QPushButton(self.tr("Edit as &HTML…"))
        self.as_page.setAutoDefault(False)
        self.as_page.setToolTip(self.tr("Make a copy in HTML, where everything can be changed"))
        self.as_page.clicked.connect(self.page_wanted)
        self._lay_out()
        self._connect()
        self.set_look(Look())

    @property
    def look(self) -> Look:
        """What is chosen."""
        return self._look

    def set_look(self, look: Look) -> None:
        """Show these choices."""
        self._showing = True
        try:
            self._look = look
            self.accent.set_colour(look.accent)
            self.ground.set_colour(look.ground)
            names = list(FONTS)
            self.text_font.setCurrentIndex(names.index(look.text_font))
            self.heading_font.setCurrentIndex(names.index(look.heading_font))
            self.text_size.setValue(look.text_size)
            self.letter_width.setValue(look.width)
            for field, text in ((self.header, look.header), (self.footer, look.footer)):
                if field.toPlainText() != text:
                    field.setPlainText(text)
        finally:
            self._showing = False
        self._show_contrast()

    def _lay_out(self) -> None:
        rows = form()
        rows.addRow(name_of(self.tr("&Links"), self.accent), self.accent)
        rows.addRow("", self.contrast)
        rows.addRow(name_of(self.tr("&Background"), self.ground), self.ground)
        rows.addRow(name_of(self.tr("&Text"), self.text_font), self.text_font)
        rows.addRow(name_of(self.tr("H&eadings"), self.heading_font), self.heading_font)
        sizes = QHBoxLayout()
        sizes.setSpacing(8)
        sizes.addWidget(self.text_size)
        sizes.addSpacing(14)
        width = name_of(self.tr("&Width"), self.letter_width)
        width.setMinimumWidth(0)
        sizes.addWidget(width)
        sizes.addWidget(self.letter_width)
        sizes.addStretch()
        rows.addRow(name_of(self.tr("&Size"), self.text_size), sizes)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2, 4, 14, 4)
        layout.setSpacing(9)
        layout.addLayout(rows)
        layout.addSpacing(4)
        layout.addWidget(name_of(self.tr("&Above the issue"), self.header))
        layout.addWidget(self.header)
        layout.addWidget(name_of(self.tr("Bel&ow the issue"), self.footer))
        layout.addWidget(self.footer)
        row = QHBoxLayout()
        row.addWidget(self.as_page)
        row.addStretch()
        layout.addLayout(row)
        layout.addStretch()

    def _connect(self) -> None:
        self.accent.changed.connect(lambda colour: self._change(accent=colour))
        self.ground.changed.connect(lambda colour: self._change(ground=colour))
        names = list(FONTS)
        self.text_font.currentIndexChanged.connect(lambda at: self._change(text_font=names[at]))
        self.heading_font.currentIndexChanged.connect(
            lambda at: self._change(heading_font=names[at])
        )
        self.text_size.valueChanged.connect(lambda size: self._change(text_size=size))
        self.letter_width.valueChanged.connect(lambda width: self._change(width=width))
        self.header.textChanged.connect(
            lambda: self._change(header=self.header.toPlainText()[:LONGEST])
        )
        self.footer.textChanged.connect(
            lambda: self._change(footer=self.footer.toPlainText()[:LONGEST])
        )

    def _change(self, **chosen: Any) -> None:
        look = replace(self._look, **chosen)
        if self._showing or look == self._look:
            return
        self._look = look
        self._show_contrast()
        self.changed.emit(look)

    def _show_contrast(self) -> None:
        """A colour that cannot be read is said to be so; it is not forbidden."""
        found = contrast(self._look.accent, "#ffffff")
        self.contrast.setVisible(found < READABLE)
        self.contrast.setText(
            self.tr("Hard to read on white: contrast {0}, it takes {1}.").format(
                f"{found:.1f}", READABLE
            )
        )

    def _fonts(self, name: str) -> QComboBox:
        box = QComboBox()
        box.setAccessibleName(name)
        for family in FONTS.values():
            first, _, _ = family.partition(",")
            box.addItem(first.strip('"'))
            font = QFont(fonts.interface())
            font.setFamilies([each.strip(' "') for each in family.split(",")])
            box.setItemData(box.count() - 1, font, 6)  # Qt.ItemDataRole.FontRole
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(14)
        box.setToolTip(self.tr("Readers who lack this font see one like it"))
        return box

    def _number(self, bounds: tuple[int, int], step: int) -> QSpinBox:
        box = QSpinBox()
        box.setRange(*bounds)
        box.setSingleStep(step)
        box.setSuffix(self.tr(" px"))
        box.setFixedWidth(78)
        indent(box)
        return box

    def _field(self, hint: str, height: int) -> Field:
        field = Field(hint)
        field.setFixedHeight(height)
        return field

    def _accents(self) -> list[tuple[str, str]]:
        return [
            (self.tr("Blue"), Look().accent),
            (self.tr("Teal"), "#0f6b63"),
            (self.tr("Green"), "#2e6b2e"),
            (self.tr("Orange"), "#a8480b"),
            (self.tr("Red"), "#a3243b"),
            (self.tr("Violet"), "#6a3fa0"),
            (self.tr("Ink"), "#2a2824"),
        ]

    def _grounds(self) -> list[tuple[str, str]]:
        return [
            (self.tr("Warm"), Look().ground),
            (self.tr("White"), "#ffffff"),
            (self.tr("Grey"), "#f0f1f3"),
            (self.tr("Sky"), "#e8f0f6"),
            (self.tr("Mint"), "#e8f3ee"),
            (self.tr("Rose"), "#f8ecec"),
            (self.tr("Night"), "#23282f"),
        ]
