"""Rich text as Markdown."""

import pytest

from app.ui.editor.html_to_markdown import to_markdown


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<p>One <b>bold </b>and <i>it</i></p><p>two</p>", "One **bold** and *it*\n\ntwo"),
        ('<a href="https://x.org/a_(b)">a <b>b</b></a>', "[a **b**](https://x.org/a_(b))"),
        ('<a href="https://x.org/">https://x.org/</a>', "<https://x.org/>"),
        ("<h2>Head <em>x</em></h2>text", "## Head *x*\n\ntext"),
        ("<ul><li>a</li><li>b<ul><li>c</ul></ul>", "- a\n- b\n  - c"),
        ("<ol start=3><li><p>x</p></li><li><p>y</p></li></ol>", "3. x\n4. y"),
        ("<blockquote><p>q</p><p>r</p></blockquote>s", "> q\n>\n> r\n\ns"),
        ("<p>use <code>a_b*</code></p>", "use `a_b*`"),
        ('<pre><code class="language-py">x\n  y</code></pre>', "```py\nx\n  y\n```"),
        ('<img alt="A [cat]" src="https://x/y.png">', "![A [cat]](https://x/y.png)"),
        ("<p>a<br>b</p><hr>", "a  \nb\n\n---"),
        ("<s>gone</s>", "~~gone~~"),
    ],
)
def test_what_readers_see_is_kept(html: str, markdown: str) -> None:
    assert to_markdown(html) == markdown


def test_a_table_stays_one_and_a_layout_table_does_not() -> None:
    table = "<table><tr><th>A</th><th>B</th></tr><tr><td>1|2</td><td>c</td></tr></table>"
    assert to_markdown(table) == "| A | B |\n| --- | --- |\n| 1\\|2 | c |"
    assert to_markdown("<table><tr><td>only</td></tr></table>") == "only"


def test_a_word_processors_styles_mean_what_they_say() -> None:
    html = (
        '<b style="font-weight:normal"><p><span style="font-weight:700">Bold</span> and '
        '<span style="font-style:italic">slanted</span> plain</p></b>'
    )
    assert to_markdown(html) == "**Bold** and *slanted* plain"


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        "<style>p{}</style>",
        '<img src="javascript:x">',
        '<img src="data:image/png;base64,AA">',
        '<img src="file:///etc/passwd">',
    ],
)
def test_nothing_that_runs_or_hides_comes_along(html: str) -> None:
    assert to_markdown(html) == ""


def test_an_unsafe_link_leaves_its_text() -> None:
    assert to_markdown('<a href="javascript:alert(1)">text</a>') == "text"


def test_marks_in_plain_text_stay_plain() -> None:
    assert to_markdown("<p>2*3*4 snake_case _x_ [a] &lt;b&gt;</p>") == (
        r"2\*3\*4 snake_case \_x\_ \[a\] \<b>"
    )
    assert to_markdown("<p># no heading</p><p>1. no list</p>") == "\\# no heading\n\n1\\. no list"


def test_broken_and_deep_html_is_no_trouble() -> None:
    assert to_markdown("<p>a <b>b <i>c</p> d") != ""
    assert "x" in to_markdown("<div>" * 500 + "x" + "</div>" * 500)
    assert to_markdown("") == ""
