"""The settings; each change takes effect at once and is kept at once."""

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QWidget,
)

from app.ui import fonts
from app.ui.controls import Switch
from app.ui.dialogs.dialog import Dialog, rule, section, soft
from app.ui.settings import MEASURE, POINTS, TIMEOUT, Settings
from app.ui.theme import Appearance


class SettingsDialog(Dialog):
    """Shows the settings and tells of each change."""

    changed = Signal(object)
    folder_wanted = Signal()

    def __init__(self, parent: QWidget, settings: Settings) -> None:
        super().__init__(parent, QCoreApplication.translate("SettingsDialog", "Settings"))
        self.settings = settings
        self.setMinimumWidth(540)
        self.body.addWidget(section(self.tr("Looks")))
        self.body.addLayout(self._looks())
        self.body.addWidget(rule())
        self.body.addWidget(section(self.tr("Drafts")))
        self.body.addLayout(self._drafts())
        self.body.addWidget(rule())
        self.body.addWidget(section(self.tr("Links")))
        self.body.addLayout(self._links())
        self.body.addStretch()
        self.add_close()

    def show_folder(self, settings: Settings) -> None:
        """Another folder of drafts was chosen."""
        self.settings = settings
        self.folder.setText(str(settings.folder))

    def _looks(self) -> QFormLayout:
        form = _form()
        form.addRow(self._label(self.tr("Appearance")), self._appearance())
        self.family = QComboBox()
        self.family.setAccessibleName(self.tr("Font"))
        self.family.addItem(self.tr("%1 (Sendoff's own)").replace("%1", fonts.WRITING_FAMILY), "")
        for name in QFontDatabase.families():
            if name != fonts.WRITING_FAMILY and QFontDatabase.isSmoothlyScalable(name):
                self.family.addItem(name, name)
        self.family.setCurrentIndex(max(0, self.family.findData(self.settings.writing_family)))
        self.family.currentIndexChanged.connect(
            lambda _: self._change(writing_family=self.family.currentData())
        )
        form.addRow(self._label(self.tr("Font")), self.family)
        self.points = QDoubleSpinBox()
        self.points.setAccessibleName(self.tr("Size of the text"))
        _indent(self.points)
        self.points.setRange(*POINTS)
        self.points.setDecimals(1)
        self.points.setSingleStep(0.5)
        self.points.setSuffix(self.tr(" pt"))
        self.points.setValue(self.settings.writing_points)
        self.points.valueChanged.connect(lambda value: self._change(writing_points=value))
        form.addRow(self._label(self.tr("Size")), self.points)
        self.measure = QSpinBox()
        self.measure.setAccessibleName(self.tr("Length of a line"))
        _indent(self.measure)
        self.measure.setRange(*MEASURE)
        self.measure.setSuffix(self.tr(" characters"))
        self.measure.setValue(self.settings.measure)
        self.measure.valueChanged.connect(lambda value: self._change(measure=value))
        form.addRow(self._label(self.tr("Line length")), self.measure)
        return form

    def _appearance(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(6)
        self.appearances: dict[Appearance, QPushButton] = {}
        for appearance, text in (
            (Appearance.SYSTEM, self.tr("As the system")),
            (Appearance.LIGHT, self.tr("Light")),
            (Appearance.DARK, self.tr("Dark")),
        ):
            button = QPushButton(text)
            button.setCheckable(True)
            button.setAutoExclusive(True)
            button.setAutoDefault(False)
            button.setChecked(self.settings.appearance is appearance)
            button.clicked.connect(
                lambda _checked=False, chosen=appearance: self._change(appearance=chosen)
            )
            self.appearances[appearance] = button
            row.addWidget(button)
        row.addStretch()
        return row

    def _drafts(self) -> QFormLayout:
        form = _form()
        self.folder = QLabel(str(self.settings.folder))
        self.folder.setWordWrap(True)
        choose = QPushButton(self.tr("Choose…"))
        choose.setAutoDefault(False)
        choose.setAccessibleName(self.tr("Choose the folder of drafts"))
        choose.clicked.connect(self.folder_wanted)
        row = QHBoxLayout()
        row.addWidget(self.folder, 1)
        row.addWidget(choose)
        form.addRow(self._label(self.tr("Folder")), row)
        words = soft(self.tr("Plain Markdown files, saved as you write."))
        words.setWordWrap(False)
        form.addRow(self._label(""), words)
        return form

    def _links(self) -> QFormLayout:
        form = _form()
        self.check_links = Switch(self.tr("Check links while I write"))
        self.check_links.setChecked(self.settings.check_links)
        self.check_links.toggled.connect(lambda on: self._change(check_links=on))
        form.addRow(self._label(""), self.check_links)
        self.allow_private = Switch(self.tr("Also ask addresses of my own network"))
        self.allow_private.setChecked(self.settings.allow_private)
        self.allow_private.toggled.connect(lambda on: self._change(allow_private=on))
        form.addRow(self._label(""), self.allow_private)
        self.timeout = QDoubleSpinBox()
        self.timeout.setAccessibleName(self.tr("Longest wait for one link"))
        _indent(self.timeout)
        self.timeout.setRange(*TIMEOUT)
        self.timeout.setDecimals(0)
        self.timeout.setSuffix(self.tr(" seconds"))
        self.timeout.setValue(self.settings.check_timeout)
        self.timeout.valueChanged.connect(lambda value: self._change(check_timeout=value))
        form.addRow(self._label(self.tr("Longest wait")), self.timeout)
        return form

    def _change(self, **chosen: Any) -> None:
        self.settings = replace(self.settings, **chosen)
        self.changed.emit(self.settings)

    @staticmethod
    def _label(text: str) -> QLabel:
        label = QLabel(text)
        label.setMinimumWidth(110)
        label.setProperty("tone", "soft")
        return label


def _indent(box: QAbstractSpinBox) -> None:
    """Room before the number: the style sheet's padding does not reach it."""
    box.lineEdit().setTextMargins(7, 0, 7, 0)


def _form() -> QFormLayout:
    form = QFormLayout()
    form.setHorizontalSpacing(18)
    form.setVerticalSpacing(9)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
    return form
