"""Nothing that is asked of a platform can send or schedule: every request of every course is read.

What the platforms would send on: Buttondown a status other than draft (and none at all, on
creation), /publish and /send-draft; Ghost a status other than draft, a newsletter or a segment as a
parameter; listmonk /status, /test and a time.
"""

import re

import pytest

from app.handover.model import Choice, Field, HandoverError
from tests.handover.desk import DRAFT, Desk
from tests.handover.fakes.server import Asked, Cut

_PATHS = {
    "buttondown": re.compile(r"POST /emails|PATCH /emails/[^/]+|POST /images"),
    "ghost": re.compile(r"(?:POST /posts/|PUT /posts/[^/]+/|POST /images/upload/)"),
    "listmonk": re.compile(r"POST /campaigns|PUT /campaigns/[^/]+|POST /media"),
}
_ROOTS = {"buttondown": "", "ghost": "/ghost/api/admin", "listmonk": "/api"}
_NEVER = re.compile(r"send|schedul|publish|newsletter|segment|email_recipient|email_only")


def hold(desk: Desk) -> int:
    """See that no request could send; how many were looked at."""
    for asked in desk.fake.written():
        route = f"{asked.method} {asked.path.removeprefix(_ROOTS[desk.provider])}"
        assert _PATHS[desk.provider].fullmatch(route), route
        assert set(asked.query) <= {"formats"}
        if not asked.is_form:
            _hold_draft(desk.provider, asked)
    return len(desk.fake.written())


def _hold_draft(provider: str, asked: Asked) -> None:
    body = asked.json["posts"][0] if provider == "ghost" else asked.json
    assert body["status"] == "draft"
    assert [name for name in body if _NEVER.search(name)] == []


@pytest.mark.parametrize("cut", [None, *Cut])
def test_no_request_of_any_course_can_send(desk: Desk, cut: Cut | None) -> None:
    desk.picture()
    desk.text = DRAFT + "\n![A cat](cat.png)\n"
    if cut:
        desk.fake.cuts = dict.fromkeys(range(2, 40, 5), cut)
    for choice, text in (
        (Choice.ASK, desk.text),
        (Choice.ASK, desk.text.replace("Second", "Third")),
        (Choice.THEIRS, desk.text),
        (Choice.MERGE, desk.text.replace("Second", "Fourth")),
        (Choice.COPY, desk.text.replace("Second", "Fifth")),
        (Choice.ASK, desk.text),
    ):
        desk.text = text
        for _ in range(3):
            try:
                desk.hand_over(choice)
                break
            except HandoverError:
                continue
        if choice is Choice.ASK and desk.drafts():
            desk.edit(Field.SUBJECT, f"Theirs {text[-60:-50]}")
    desk.send()
    with pytest.raises(HandoverError):
        desk.hand_over()
    assert hold(desk) >= 4
