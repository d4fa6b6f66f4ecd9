"""Badges on links, and nothing in the page that acts."""

from hypothesis import given
from hypothesis import strategies as st

from app.engagement.providers import IssueText
from app.engagement.reports.click_map import spots
from app.engagement.reports.queries import LinkRow
from app.publish.text import text_of
from app.ui.reports.clickmap import rendering

A, B = "https://a.example/x?a=1&b=2", "https://b.example/"
LINKS = [
    LinkRow(1, A, "One", 12, 15, 0.75),
    LinkRow(2, B, "Two", 4, 5, 0.25),
]


def body_of(content: str, *, is_markdown: bool = False) -> str:
    _, body = rendering.sanitised(IssueText(content, is_markdown), "Subject")
    return rendering.badged(body, spots(rendering.hrefs(body), LINKS))


def test_each_link_has_its_figures_in_markdown_and_html() -> None:
    for body in (
        body_of(f"Read [One]({A}) and [Two]({B}).", is_markdown=True),
        body_of(f'Read <a href="{A.replace("&", "&amp;")}">One</a>, <a href="{B}">Two</a>'),
    ):
        assert text_of(body).count("12 · 75.0 %") == 1
        assert 'data-number="1"' in body
        assert "heat-4" in body
        assert "12 people, 15 clicks, 75.0 % of 20 clicks" in body


def test_a_link_that_nobody_told_of_stays_as_it_is() -> None:
    assert "badge" not in body_of('<a href="https://else.example/">x</a> <a name="top">y</a>')


def test_a_picture_that_is_a_link_has_its_badge_too() -> None:
    body = body_of(f'<a href="{B}"><img src="x.png" alt="Two > one"></a>')
    assert body.count('class="badge"') == 1


def test_other_elements_that_begin_with_the_letter_are_no_links() -> None:
    content = f'<abbr title="x">y</abbr><article>z</article><a href="{B}">Two</a>'
    assert body_of(content).count('class="badge"') == 1


def test_a_link_in_a_link_of_a_table_has_its_own_badge() -> None:
    content = f'<a href="{B}"><table><tr><td><a href="{A}">One</a></td></tr></table></a>'
    assert body_of(content).count('class="badge"') == 2


def test_what_acts_is_gone() -> None:
    body = body_of(
        f'<script>alert(1)</script><a href="{B}" onclick="x()" class="spot" data-number="9">x</a>'
        '<iframe src="https://bad.example"></iframe><a href="javascript:x()">y</a>'
        '<form action="https://bad.example"><input></form>'
    )
    for word in ("script", "onclick", "iframe", "javascript", "form", 'data-number="9"'):
        assert word not in body


def test_the_page_allows_no_script_and_nothing_remote() -> None:
    letter, body = rendering.sanitised(IssueText("<p>x</p>"), "A <b>subject</b>")
    page = rendering.page(letter, body, "", dark=True)
    assert "default-src 'none'" in page
    assert "http" not in page.partition("Content-Security-Policy")[2].partition("\n")[0]
    assert "<b>subject" not in page


def test_a_mail_with_looks_of_its_own_stands_without_our_frame() -> None:
    letter, body = rendering.sanitised(IssueText("<p>x</p>"), "A subject")
    assert "max-width: none" in rendering.page(letter, body, "", dark=False, framed=False)
    assert "max-width: none" not in rendering.page(letter, body, "", dark=False)


PIECES = st.sampled_from([
    f'<a href="{B}">', "</a>", "<p>", "</p>", "text", "<img src=x alt='a > b'>", '<a title="x>y"',
    f' href="{A}">', "<div>", "</div>", "<a name=n>", "<!-- <a href='x'> -->", "&lt;a&gt;", '"',
    "<table><tr><td>", "<script><a href='x'></script>",
])  # fmt: skip


@given(st.lists(PIECES, max_size=14).map("".join))
def test_badges_change_nothing_else_of_any_html(content: str) -> None:
    _, body = rendering.sanitised(IssueText(content), "")
    found = rendering.hrefs(body)
    placed = spots(found, LINKS)
    badged = rendering.badged(body, placed)
    assert badged.count('<span class="badge"') == sum(spot is not None for spot in placed)
    assert rendering.badged(body, [None] * len(found)) == body
