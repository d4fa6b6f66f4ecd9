"""How links are checked."""

from collections.abc import Iterator

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QDoubleSpinBox, QSpinBox

from app.ui.controls import Switch
from app.ui.dialogs.dialog import rule, section
from app.ui.dialogs.settings.check_place import CheckPlace
from app.ui.dialogs.settings.page import Choices, SettingsPage, form, indent, name_of, small
from app.ui.rot.choices import RotChoices
from app.ui.settings import LINK_AGE, TIMEOUT


class LinksPage(SettingsPage):
    """Whether links are checked, from where, and how long each may take."""

    def __init__(self, choices: Choices) -> None:
        super().__init__(QCoreApplication.translate("LinksPage", "Links"), choices)
        self.check_links = Switch(self.tr("Check links while I write"))
        self.check_links.setChecked(choices.settings.check_links)
        self.check_links.toggled.connect(lambda on: choices.change(check_links=on))
        self.body.addWidget(self.check_links, 0, Qt.AlignmentFlag.AlignLeft)
        self.allow_private = Switch(self.tr("Also ask addresses of my own network"))
        self.allow_private.setChecked(choices.settings.allow_private)
        self.allow_private.toggled.connect(lambda on: choices.change(allow_private=on))
        self.body.addWidget(self.allow_private, 0, Qt.AlignmentFlag.AlignLeft)

    def parts(self) -> Iterator[None]:
        """The place, the limits, and old links."""
        choices = self.choices
        self.body.addWidget(rule())
        self.body.addWidget(section(self.tr("Where links are checked")))
        self.place = CheckPlace(choices)
        self.place.grown.connect(self.bring_into_view)
        self.body.addWidget(self.place)
        yield
        self.body.addWidget(rule())
        self.timeout = QDoubleSpinBox()
        self.timeout.setAccessibleName(self.tr("Longest wait for one link"))
        indent(self.timeout)
        self.timeout.setRange(*TIMEOUT)
        self.timeout.setDecimals(0)
        self.timeout.setSuffix(self.tr(" seconds"))
        self.timeout.setValue(choices.settings.check_timeout)
        self.timeout.valueChanged.connect(lambda value: choices.change(check_timeout=value))
        fields = form()
        fields.addRow(name_of(self.tr("Longest wait"), self.timeout), self.timeout)
        self.age = QSpinBox()
        self.age.setAccessibleName(self.tr("How old a check may be when an issue is handed over"))
        indent(self.age)
        self.age.setRange(*LINK_AGE)
        self.age.setSuffix(self.tr(" minutes"))
        self.age.setValue(choices.settings.link_age)
        self.age.valueChanged.connect(lambda value: choices.change(link_age=value))
        fields.addRow(name_of(self.tr("At hand-over"), self.age), self.age)
        told = small(
            self.tr("When an issue leaves, links that were checked longer ago are checked again.")
        )
        self.age.setToolTip(told.text())
        self.body.addLayout(fields)
        self.body.addWidget(told)
        yield
        self.body.addWidget(RotChoices(choices))
        self.body.addStretch()

    def leave(self) -> None:
        """No test of a server goes on."""
        self.place.leave()
