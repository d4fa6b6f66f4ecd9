"""Days and times in the writer's way."""

from datetime import datetime

from PySide6.QtCore import QCoreApplication, QDate, QLocale, QTime


def day_and_time(at: int) -> tuple[str, str]:
    """Milliseconds since 1970 as ``14 Nov 2026`` and ``08:05``, of the writer's own clock."""
    moment = _local(at)
    if moment is None:
        return "–", ""
    day = QDate(moment.year, moment.month, moment.day)
    return QLocale().toString(day, "d MMM yyyy"), _time(moment)


def recent(at: int) -> str:
    """``14:03``, ``yesterday 18:20``, ``14 Nov 08:05``, or the day alone where it is long past."""
    moment = _local(at)
    if moment is None:
        return "–"
    day, today = QDate(moment.year, moment.month, moment.day), QDate.currentDate()
    if day == today:
        return _time(moment)
    if day == today.addDays(-1):
        return QCoreApplication.translate("Reports", "yesterday %1").replace("%1", _time(moment))
    if day.year() == today.year():
        return f"{QLocale().toString(day, 'd MMM')} {_time(moment)}"
    return QLocale().toString(day, "d MMM yyyy")


def _time(moment: datetime) -> str:
    return QTime(moment.hour, moment.minute).toString("HH:mm")


def _local(at: int) -> datetime | None:
    try:
        return datetime.fromtimestamp(at / 1000).astimezone()
    except (OverflowError, ValueError, OSError):
        return None
