"""Opens and clicks over time, by hours or by days."""

from PySide6.QtCore import Signal

from app.engagement.reports.charts import LineChart
from app.engagement.reports.over_time import OverTime
from app.ui.charts import ChartView
from app.ui.reports.issue.parts import Card, Choices, more_button

_HOURS, _DAYS = 0, 1


class CourseCard(Card):
    """The line chart with its switch; the switch is there where both are known."""

    told = Signal(str)

    def __init__(self) -> None:
        super().__init__(self.tr("Opens and clicks over time"))
        self._course = OverTime(None, None, None)
        self.steps = Choices(
            self.tr("Steps of time"),
            (
                (self.tr("Hours"), self.tr("The first three days, hour by hour")),
                (self.tr("Days"), self.tr("Everything that is known, day by day")),
            ),
        )
        self.steps.chosen.connect(self._refresh)
        self.view = ChartView(ground="raised")
        self.view.told.connect(self.told)
        self.corner.addWidget(self.steps)
        self.corner.addWidget(more_button(self.view))
        self.body.addWidget(self.view)

    def show_course(self, course: OverTime) -> None:
        """Show an issue's."""
        self._course = course
        self.steps.setVisible(course.hours is not None and course.days is not None)
        self.setVisible(course.hours is not None or course.days is not None)
        self._refresh()

    def _refresh(self) -> None:
        chart = self._chosen()
        if chart is not None:
            self.view.show_chart(chart)

    def _chosen(self) -> LineChart | None:
        hours, days = self._course.hours, self._course.days
        if self.steps.value == _DAYS:
            return days or hours
        return hours or days
