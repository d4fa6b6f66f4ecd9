"""Reports as data for other programs (JSON, CSV) and as Markdown to paste into the next issue."""

from collections.abc import Iterable

from app.engagement.model import SeriesPoint
from app.engagement.reports import words
from app.engagement.reports.figures import Rate, Ratio, Row, is_growing, people
from app.engagement.reports.queries import IssueReport, LinkRow
from app.engagement.reports.tables import csv_text

_SPECIAL = set("\\`*_{}[]<>()#+!|~-")
_NOT_IN_ADDRESS = frozenset("<>|\\ \n\r\t")


def issue_object(row: Row) -> dict[str, object]:
    """One issue of a list, for JSON; what is not known is null."""
    return {
        "account": row.name,
        "id": row.id,
        "subject": row.subject,
        "sent_at": words.moment(row.sent_at),
        "as_of": words.moment(row.as_of),
        "deleted": row.deleted,
        "sent": row.sent,
        "delivered": row.delivered,
        "opens_in_all": row.opened,
        "clicks_in_all": row.clicked,
        **{rate.value: _ratio_object(ratio) for rate, ratio in row.rates.items()},
    }


def report_object(report: IssueReport) -> dict[str, object]:
    """One issue's page, for JSON."""
    return {
        **issue_object(report.row),
        "usual": {
            rate.value: {
                "median": usual.median,
                "issues": usual.issues,
                "low": usual.low,
                "high": usual.high,
            }
            for rate, usual in report.usual.items()
        },
        "links": [_link_object(link) for link in report.links],
        "splits": {
            dimension.value: [_point_object(point) for point in points]
            for dimension, points in report.splits.items()
        },
    }


def issues_csv(rows: Iterable[Row]) -> str:
    """A line for each issue: numerators, denominators and rates in columns of their own."""
    head = ["date", "account", "id", "subject", "deleted", "sent", "delivered"]
    for rate in Rate:
        head += [rate.value, f"{rate.value}_of", f"{rate.value}_total", f"{rate.value}_rate"]
    lines: list[list[object]] = [[*head, "as_of"]]
    for row in rows:
        line: list[object] = [
            words.moment(row.sent_at), row.name, row.id, row.subject, int(row.deleted), row.sent,
            row.delivered,
        ]  # fmt: skip
        for rate in Rate:
            ratio = row.rates[rate]
            line += [ratio.count, ratio.of, ratio.total, _rounded(ratio.rate)]
        lines.append([*line, words.moment(row.as_of)])
    return csv_text(lines)


def links_csv(links: Iterable[LinkRow]) -> str:
    """A line for each link of an issue."""
    lines: list[list[object]] = [["number", "url", "text", "clicks", "clickers", "share"]]
    lines += [
        [link.number, link.url, link.text, link.clicks, link.clickers, _rounded(link.share)]
        for link in links
    ]
    return csv_text(lines)


def issues_markdown(rows: Iterable[Row]) -> str:
    """A table of issues."""
    lines = ["| Date | Issue | " + " | ".join(words.TITLES.values()) + " |"]
    lines.append("| --- | --- |" + " ---: |" * len(Rate))
    for row in rows:
        cells = [words.day(row.sent_at), plain(row.subject)]
        times = {Rate.OPENS: row.opened, Rate.CLICKS: row.clicked}
        cells += [words.ratio_or_times(row.rates[rate], times.get(rate)) for rate in Rate]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def report_markdown(report: IssueReport) -> str:
    """One issue's page."""
    row = report.row
    lines = [f"## {plain(row.subject)}", "", f"Sent on {words.day(row.sent_at)} to {sent_to(row)}."]
    lines.append("")
    for rate, title in words.TITLES.items():
        line = f"- {title}: {words.ratio(row.rates[rate])}"
        if rate in report.usual:
            usual = report.usual[rate]
            line += f"; usually {words.percent(usual.median)} (median of {usual.issues})"
        lines.append(line)
    if report.links:
        lines += ["", "| Link | Clicks | Clickers | Share |", "| --- | ---: | ---: | ---: |"]
        lines += [_link_line(link) for link in report.links]
    lines += ["", f"Figures as of {words.moment(row.as_of) or words.UNKNOWN}."]
    if is_growing(row):
        lines[-1] += " They still come in."
    return "\n".join(lines) + "\n"


def sent_to(row: Row) -> str:
    """``282, of which 279 got it``."""
    if row.delivered is None:
        return words.number(row.sent)
    return f"{words.number(row.sent)}, of which {words.number(row.delivered)} were delivered"


def plain(text: str) -> str:
    """Text that Markdown shows as it is, on one line."""
    line = " ".join(text.split())
    return "".join(f"\\{sign}" if sign in _SPECIAL else sign for sign in line)


def _link_line(link: LinkRow) -> str:
    cells = (_linked(link), words.number(link.clicks), words.number(link.clickers),
             words.percent(link.share))  # fmt: skip
    return "| " + " | ".join(cells) + " |"


def _linked(link: LinkRow) -> str:
    """Its words, which lead to it; the address itself where it has none, such as a picture."""
    shown = plain(link.text) or plain(link.url)
    address = "".join(f"%{ord(sign):02X}" if sign in _NOT_IN_ADDRESS else sign for sign in link.url)
    return f"[{shown}](<{address}>)"


def _ratio_object(ratio: Ratio) -> dict[str, object]:
    return {
        "count": ratio.count,
        "of": ratio.of,
        "total": ratio.total,
        "rate": ratio.rate,
        "who": ratio.who.value,
    }


def _link_object(link: LinkRow) -> dict[str, object]:
    return {
        "number": link.number,
        "url": link.url,
        "text": link.text,
        "clicks": link.clicks,
        "clickers": link.clickers,
        "share": link.share,
    }


def _point_object(point: SeriesPoint) -> dict[str, object]:
    figures = point.figures
    return {
        "key": point.key,
        "opens": people(figures.opens)[0],
        "clicks": people(figures.clicks)[0],
        "openers": people(figures.openers)[0],
        "clickers": people(figures.clickers)[0],
        "delivered": figures.delivered,
        "hard_bounces": figures.hard_bounces,
        "soft_bounces": figures.soft_bounces,
    }


def _rounded(rate: float | None) -> float | None:
    return None if rate is None else round(rate, 6)
