"""Light or dark, and the font of the text."""

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QHBoxLayout, QPushButton, QSpinBox

from app.ui import fonts
from app.ui.dialogs.settings.page import Choices, SettingsPage, form, indent, name_of
from app.ui.settings import MEASURE, POINTS
from app.ui.theme import Appearance


class LooksPage(SettingsPage):
    """How the window and the text look."""

    def __init__(self, choices: Choices) -> None:
        super().__init__(QCoreApplication.translate("LooksPage", "Looks"), choices)
        fields = form()
        fields.addRow(name_of(self.tr("Appearance")), self._appearance())
        self.family = self._family()
        fields.addRow(name_of(self.tr("Font"), self.family), self.family)
        self.points = self._points()
        fields.addRow(name_of(self.tr("Size"), self.points), self.points)
        self.measure = self._measure()
        fields.addRow(name_of(self.tr("Line length"), self.measure), self.measure)
        self.body.addLayout(fields)
        self.body.addStretch()

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
            button.setChecked(self.choices.settings.appearance is appearance)
            button.clicked.connect(
                lambda _checked=False, chosen=appearance: self.choices.change(appearance=chosen)
            )
            self.appearances[appearance] = button
            row.addWidget(button)
        row.addStretch()
        return row

    def _family(self) -> QComboBox:
        family = QComboBox()
        # The longest of all names would make the page as wide as itself.
        family.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        family.setMinimumContentsLength(28)
        family.addItem(self.tr("%1 (Sendoff's own)").replace("%1", fonts.WRITING_FAMILY), "")
        for name in QFontDatabase.families():
            if name != fonts.WRITING_FAMILY and QFontDatabase.isSmoothlyScalable(name):
                family.addItem(name, name)
        family.setCurrentIndex(max(0, family.findData(self.choices.settings.writing_family)))
        family.currentIndexChanged.connect(
            lambda _: self.choices.change(writing_family=family.currentData())
        )
        return family

    def _points(self) -> QDoubleSpinBox:
        points = QDoubleSpinBox()
        points.setAccessibleName(self.tr("Size of the text"))
        indent(points)
        points.setRange(*POINTS)
        points.setDecimals(1)
        points.setSingleStep(0.5)
        points.setSuffix(self.tr(" pt"))
        points.setValue(self.choices.settings.writing_points)
        points.valueChanged.connect(lambda value: self.choices.change(writing_points=value))
        return points

    def _measure(self) -> QSpinBox:
        measure = QSpinBox()
        measure.setAccessibleName(self.tr("Length of a line"))
        indent(measure)
        measure.setRange(*MEASURE)
        measure.setSuffix(self.tr(" characters"))
        measure.setValue(self.choices.settings.measure)
        measure.valueChanged.connect(lambda value: self.choices.change(measure=value))
        return measure
