"""The preview in the real browser engine."""

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.lines import LineEdit
from app.linkcheck.verdict import Reason, Verdict
from app.markup import Document
from app.proof import Proof
from app.publish.look import Look, compose
from tests.ui.preview.conftest import Desk

LONG = "\n\n".join(
    f"# Part {n}\n\nSome words about {n}.\n\n- one {n}\n- two {n}" for n in range(80)
)


def test_shows_the_letter(desk: Desk) -> None:
    desk.show("---\ntitle: Our news\npreheader: Soon more\n---\n\nHello *you*.\n")
    assert desk.ask("document.querySelector('h1.title').textContent") == "Our news"
    assert desk.body() == ["Hello you."]
    assert desk.pane.inbox.accessibleName() == "Inbox: Our news. Soon more"


def test_an_edit_changes_only_its_segment(desk: Desk) -> None:
    desk.show("zero\n\none\n\ntwo\n\nthree\n")
    desk.ask("[...document.querySelectorAll('.segment')].map(each => { each.seen = 1 })")
    desk.pane.apply(desk.document.edit(LineEdit(4, 1, ("two and a half",))))
    desk.settle()
    assert desk.body() == ["zero", "one", "two and a half", "three"]
    seen = "[...document.querySelectorAll('.segment')].map(each => each.seen || 0)"
    first, _, changed, *rest = desk.ask(seen)  # the parser may read the block before again
    assert (first, changed, rest) == (1, 0, [1, 1])


def test_title_follows_the_front_matter(desk: Desk) -> None:
    desk.show("---\ntitle: Old\n---\n\ntext\n")
    desk.pane.apply(desk.document.edit(LineEdit(1, 1, ("title: New", "lang: fa", "dir: rtl"))))
    desk.settle()
    assert desk.ask("document.querySelector('h1.title').textContent") == "New"
    assert desk.ask("document.documentElement.dir + document.documentElement.lang") == "rtlfa"


def test_many_edits_end_in_the_same_page_as_a_fresh_one(desk: Desk) -> None:
    desk.show(LONG)
    for line in (0, 7, 21, 22, 50):
        desk.pane.apply(desk.document.edit(LineEdit(line, 2, ("new", "", "<div>", "", "x"))))
        desk.pane.apply(desk.document.edit(LineEdit(line + 3, 1, ())))
    while desk.document.job is not None:  # what a busy machine leaves for later
        desk.document.job.run()
        desk.pane.apply(desk.document.adopt(desk.document.job))
    desk.settle()
    shown = desk.body()
    desk.show("\n".join(desk.document.lines))
    assert desk.body() == shown


def test_hidden_it_does_nothing_and_shown_it_is_up_to_date(desk: Desk) -> None:
    desk.show("before\n")
    desk.pane.hide()
    live = desk.pane._live
    assert live is not None
    desk.pane.apply(desk.document.edit(LineEdit(0, 1, ("after",))))
    assert not live.is_busy
    desk.pane.show()
    desk.settle()
    assert desk.body() == ["after"]


def test_at_rest_no_timer_runs(desk: Desk) -> None:
    desk.show("text\n")
    live = desk.pane._live
    assert live is not None
    QTest.qWait(100)
    assert not live.is_busy


def test_status_marks_follow_the_proof(desk: Desk) -> None:
    desk.show("[a](https://a.example/) and [b](https://b.example/)\n")
    status = "[...document.querySelectorAll('a')].map(each => each.dataset.status)"
    assert desk.ask(status) == ["unchecked", "unchecked"]
    verdicts = [("https://a.example/", Verdict(Reason.NOT_FOUND))]
    desk.pane.marks_changed(desk.proof.learn(verdicts))
    desk.settle()
    assert desk.ask(status) == ["warn", "unchecked"]
    line = desk.ask("getComputedStyle(document.querySelector('a')).textDecorationStyle")
    assert line == "wavy"


def test_editor_scrolls_the_preview(desk: Desk) -> None:
    desk.show(LONG)
    line = next(i for i, text in enumerate(desk.document.lines) if text == "# Part 40")
    desk.pane.scroll_to_line(float(line))
    desk.settle()
    top = desk.ask(
        "[...document.querySelectorAll('h1')].find(each => each.textContent == 'Part 40')"
        ".getBoundingClientRect().top"
    )
    assert 0 <= top < 30
    QTest.qWait(100)
    assert desk.lines == []


def test_between_two_blocks_it_scrolls_between(desk: Desk) -> None:
    desk.show(LONG)
    tops = []
    for line in (240.0, 241.0, 242.0, 243.5, 244.0):
        desk.pane.scroll_to_line(line)
        desk.settle()
        tops.append(desk.ask("scrollY"))
    assert tops == sorted(tops)
    assert tops[0] < tops[-1]


def wheel(desk: Desk, pixels: int) -> None:
    target = desk.canvas
    place = QPointF(300, 300)
    QApplication.sendEvent(
        target,
        QWheelEvent(
            place,
            QPointF(target.mapToGlobal(place.toPoint())),
            QPoint(0, -pixels),
            QPoint(0, -pixels),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        ),
    )


def test_preview_scrolls_the_editor_without_an_echo(desk: Desk) -> None:
    desk.show(LONG)
    wheel(desk, 900)
    desk.qtbot.waitUntil(lambda: bool(desk.lines))
    alone = stand_still(desk)
    assert desk.lines[-1] > 5
    told = len(desk.lines)
    # now with an editor that cannot scroll exactly there
    desk.pane.scrolled.connect(lambda line: desk.pane.scroll_to_line(line + 5))
    wheel(desk, 900)
    desk.qtbot.waitUntil(lambda: len(desk.lines) > told)
    assert stand_still(desk) == pytest.approx(2 * alone, abs=2)


def stand_still(desk: Desk) -> float:
    """Where the page is once it has come to rest: the engine may take many frames to scroll."""
    places = [-1.0, -2.0]
    while places[-1] != places[-2]:
        QTest.qWait(150)
        places.append(desk.ask("scrollY"))
    return places[-1]


def click(desk: Desk, selector: str, modifier: Qt.KeyboardModifier) -> None:
    live = desk.pane._live
    assert live is not None
    x, y = desk.ask(
        f"(() => {{ const box = document.querySelector({selector!r}).getBoundingClientRect();"
        "return [box.left + box.width / 2, box.top + box.height / 2] })()"
    )
    zoom = live.view.zoomFactor()
    target = desk.canvas
    place = QPoint(round(x * zoom), round(y * zoom))
    QTest.mouseClick(target, Qt.MouseButton.LeftButton, modifier, place)


def test_a_click_on_a_link_goes_to_its_source(desk: Desk) -> None:
    desk.show("# Head\n\nSee [one](https://a.example/), and\n[two](https://b.example/).\n")
    click(desk, "a[href*=b]", Qt.KeyboardModifier.NoModifier)
    desk.qtbot.waitUntil(lambda: bool(desk.places))
    assert desk.places == [(3, 6)]
    assert desk.ask("location.href") == "sendoff-preview://draft/"


def test_a_click_on_text_goes_to_its_line(desk: Desk) -> None:
    desk.show("# Head\n\n- one\n- two\n")
    click(desk, "li:last-child", Qt.KeyboardModifier.NoModifier)
    desk.qtbot.waitUntil(lambda: bool(desk.places))
    assert desk.places == [(3, 0)]


def test_ctrl_click_opens_the_browser(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(
        "app.ui.preview.live.open_outside", lambda url: opened.append(url.toString())
    )
    desk.show("[one](https://a.example/x)\n")
    click(desk, "a", Qt.KeyboardModifier.ControlModifier)
    desk.qtbot.waitUntil(lambda: bool(opened))
    assert opened == ["https://a.example/x"]
    assert desk.places == []


def test_phone_and_dark(desk: Desk) -> None:
    desk.show("text\n")
    color = "getComputedStyle(document.querySelector('.content')).color"
    light = desk.ask(color)
    desk.pane.bar.dark.setChecked(True)
    desk.pane.bar.phone.setChecked(True)
    desk.settle()
    assert desk.ask(color) != light
    desk.qtbot.waitUntil(lambda: desk.ask("innerWidth") == 375)


def test_a_letter_seen_on_a_desktop_fits_a_phone(desk: Desk) -> None:
    desk.show("\n\n".join(f"A paragraph of quite some words, number {n}." * 3 for n in range(60)))
    desk.pane.bar.phone.setChecked(True)
    desk.settle()
    desk.qtbot.waitUntil(lambda: desk.ask("innerWidth") == 375)
    QTest.qWait(200)
    assert desk.ask("document.documentElement.scrollWidth") <= 375


def test_a_narrow_pane_still_shows_a_desktop(desk: Desk) -> None:
    desk.pane.resize(420, 500)
    desk.show("text\n")
    desk.qtbot.waitUntil(lambda: desk.ask("innerWidth") >= 600)
    assert desk.ask("document.querySelector('.sheet').clientWidth") == 600


def test_pictures_beside_the_draft_are_shown_and_no_others(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "drafts"
    (folder / "pictures").mkdir(parents=True)
    picture = QImage(7, 5, QImage.Format.Format_RGB32)
    picture.fill(0)
    assert picture.save(str(folder / "pictures" / "in side.png"))
    assert picture.save(str(tmp_path / "outside.png"))
    desk.show("![a](pictures/in%20side.png) ![b](../outside.png) ![c](/etc/passwd)\n", folder)
    widths = "[...document.images].map(each => each.complete ? each.naturalWidth : -1)"
    desk.qtbot.waitUntil(lambda: -1 not in desk.ask(widths))
    assert desk.ask(widths) == [7, 0, 0]


def test_large_blocks_keep_their_order_among_edits(desk: Desk) -> None:
    large = "<div>" + "<p>word</p>" * 6_000 + "</div>"
    desk.show(f"one\n\n{large}\n\nlast\n")
    for number in range(12):
        edit = LineEdit(2, 1, (large.replace("word", f"w{number}"),))
        if number % 3 == 2:  # the block goes while it is being sanitised
            edit = LineEdit(2, 1, (f"small {number}", "", f"<div>{number}</div>" + large))
        desk.pane.apply(desk.document.edit(edit))
        while (job := desk.document.job) is not None:
            job.run()
            desk.pane.apply(desk.document.adopt(job))
        QTest.qWait(7 * number)
    desk.settle()
    shown = desk.body()
    desk.show("\n".join(desk.document.lines))
    assert shown == desk.body()


def test_a_large_block_of_another_draft_does_not_stay(desk: Desk) -> None:
    large = "<div>" + "<p>word</p>" * 6_000 + "</div>"
    desk.show("small\n")
    document = Document.from_text(f"{large}\n\nmore\n")
    desk.pane.set_document(document, Proof(document), None)
    QTest.qWait(5)
    desk.show("another\n")
    assert desk.body() == ["another"]


def test_the_letter_stands_in_the_chosen_template(desk: Desk) -> None:
    template = compose(Look(accent="#aa2200", footer="Some Street 1", width=640), "mine")
    desk.show("[one](https://a.example/)\n\n> quoted\n")
    desk.pane.set_template(template)
    desk.settle()
    assert desk.body() == ["one", "quoted"]
    color = "getComputedStyle(document.querySelector('.segment a')).color"
    assert desk.ask(color) == "rgb(170, 34, 0)"
    assert desk.ask("document.querySelector('.footer').textContent.trim()") == "Some Street 1"
    assert desk.ask("document.querySelectorAll('td.quote blockquote').length") == 1
    desk.pane.bar.dark.click()
    desk.pane.bar.phone.click()
    desk.settle()
    assert desk.ask(color) != "rgb(170, 34, 0)"
    assert desk.ask("getComputedStyle(document.querySelector('.sheet')).backgroundColor") == (
        "rgb(28, 29, 31)"
    )
    assert desk.ask("getComputedStyle(document.querySelector('.content')).paddingLeft") == "22px"
    desk.pane.apply(desk.document.edit(LineEdit(0, 1, ("changed",))))
    desk.settle()
    assert desk.body() == ["changed", "quoted"]
    desk.pane.set_template(None, "It is gone.")
    desk.settle()
    assert desk.body() == ["changed", "quoted"]
    assert desk.ask("document.querySelector('.footer')") is None
    assert desk.pane.hint.text() == "It is gone."


def test_snippets_are_shown_as_they_are_sent(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "snippets"
    folder.mkdir()
    (folder / "imprint.md").write_text("**The Firm**\n\nSome Street 1<script>x</script>")
    desk.show("one\n\n{{ snippet: imprint }}\n\n*Hi* {{ snippet: gone }}\n\nend\n", tmp_path)
    assert desk.body() == ["one", "The Firm\nSome Street 1", "Hi {{ snippet: gone }}", "end"]
    assert desk.ask("document.querySelectorAll('.segment strong').length") == 1
    (folder / "gone.md").write_text("you")
    desk.pane.reload()
    desk.settle()
    assert desk.body()[2] == "Hi you"
    desk.pane.apply(desk.document.edit(LineEdit(2, 1, ("{{ snippet: gone }} and me",))))
    desk.settle()
    assert desk.body() == ["one", "you and me", "Hi you", "end"]
