"""A document that follows lines."""

from app.markup import Document
from app.markup.follower import Follower

FIRST = ["# One", "", "A [link][a].", "", "Two."]
THEN = ["# One", "", "A [link][a].", "", "Three.", "", "[a]: https://a.test/"]


def test_it_has_the_lines_that_it_was_given_last_and_parses_only_what_differs() -> None:
    follower = Follower()
    document = follower.follow(FIRST)
    heading = document.blocks[0]
    assert follower.follow(THEN) is document
    assert document.lines == THEN
    assert document.blocks[0] is heading
    assert [each.link.href for each in document.links()] == [
        each.link.href for each in Document(THEN).links()
    ]
    assert document.job is None
