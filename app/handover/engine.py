"""Hands a letter over: plans what will change there, then does it so that a retry makes no second.

What a request asks for is remembered before it is sent. When no answer comes, the platform is asked
what became of it; when that cannot be heard either, the next try begins with that question.
"""

import secrets
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

from app.engagement.errors import (
    BadAnswerError,
    FailingError,
    ForbiddenError,
    HttpError,
    LimitedError,
    NotFoundError,
    RefusedError,
    SilentError,
    StatusError,
)
from app.engagement.model import Account
from app.handover import images
from app.handover.merging import conflict, differing, joined
from app.handover.model import (
    Action,
    Changed,
    ChangedMeanwhileError,
    Choice,
    Conflict,
    Fields,
    Handed,
    HandoverError,
    Letter,
    Memory,
    Plan,
    Platform,
    Progress,
    RefusedKeyError,
    Remote,
    SentMeanwhileError,
    Step,
    Tell,
    Unheard,
    UnreachableError,
)

_EARLIER = 2 * 86_400_000
"""Milliseconds by which the platform's clock may be behind ours."""
_FASTER = "The draft was handed over meanwhile. Look again at what will change."
_UNCERTAIN = (SilentError, FailingError, BadAnswerError)
"""After these a request may have taken effect all the same."""


class Handover:
    """Hands drafts over to one account; made by `app.handover.opening.handover`."""

    def __init__(
        self,
        account: Account,
        platform: Platform,
        memory: Memory,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._account = account
        self._platform = platform
        self._memory = memory
        self._now = now

    async def plan(self, letter: Letter, choice: Choice = Choice.ASK) -> Plan:
        """What would be done; nothing is written anywhere.

        Args:
            letter: What is to be there.
            choice: What becomes of edits made there since the last time.

        Raises:
            HandoverError: it cannot be done, and why.
        """
        async with self._in_words():
            images.check(letter.pictures, self._platform)
            mine = await self._mine(letter)
            known = self._memory.handed(letter.draft, self._account.id)
            remote = await self._remote(known)
            uploads = tuple(
                each
                for each in letter.pictures
                if self._memory.picture(self._account.id, each.digest) is None
            )
            if known is None or remote is None:
                plan = self._create(letter, mine, known)
            elif choice is Choice.COPY:
                plan = self._create(letter, mine, None, note="The draft there stays as it is.")
            else:
                plan = self._change(letter, mine, known, remote, choice)
            changes = tuple(
                replace(each, after=images.named(each.after, uploads)) for each in plan.changes
            )
            before = known.marker if known else ""
            return replace(plan, changes=changes, uploads=uploads, before=before)

    async def carry_out(self, plan: Plan, tell: Tell | None = None) -> Handed:
        """Do it. The same plan carried out twice is one draft.

        Raises:
            HandoverError: it was not done, or it is not known whether it was; what is to do next.
        """
        if plan.conflict is not None:
            raise HandoverError("The draft was edited there: choose what becomes of that first.")
        async with self._in_words():
            return await self._done(plan, tell or (lambda _: None))

    # planning

    async def _mine(self, letter: Letter) -> Fields:
        """The letter's fields, with the addresses of pictures that are online already."""
        addresses = images.known(letter.pictures, self._memory, self._account.id)
        return images.addressed(await self._platform.fields(letter), addresses)

    async def _remote(self, known: Handed | None) -> Remote | None:
        """The draft that the account has of ours, if any."""
        if known is None:
            return None
        if known.remote_id:
            return await self._platform.read(known.remote_id)
        return await self._platform.find(known.marker, known.at - _EARLIER)

    def _create(self, letter: Letter, mine: Fields, known: Handed | None, note: str = "") -> Plan:
        if known and known.remote_id:
            known = None
            note = "The draft that was handed over is not there any more."
        return Plan(
            letter=letter,
            account=self._account,
            action=Action.CREATE,
            # A request that nobody heard the end of may still arrive: it has this marker, too.
            marker=known.marker if known else secrets.token_hex(10),
            remote_id="",
            revision="",
            fields=mine,
            changes=tuple(Changed(each.field, None, each.after) for each in differing({}, mine)),
            notes=(note,) if note else (),
        )

    def _change(
        self, letter: Letter, mine: Fields, known: Handed, remote: Remote, choice: Choice
    ) -> Plan:
        self._refuse_unless_draft(remote)
        known = _heard(known, remote)
        theirs = remote.fields
        edited = differing(known.there, {name: theirs.get(name, "") for name in mine})
        markdown = self._platform.keeps_markdown
        both = joined(known, mine, theirs, markdown=markdown)
        wanted, undecided = both.fields, None
        if choice is Choice.THEIRS:
            wanted = {name: theirs.get(name, "") for name in mine}
        elif both.stuck or (edited and choice is Choice.ASK):
            edited = edited or differing(
                known.given, {each: theirs.get(each, "") for each in both.stuck}
            )
            undecided = conflict(edited, known, mine, theirs, both, markdown=markdown)
        if choice is Choice.MERGE and undecided:
            raise HandoverError(f"Both versions cannot be joined. {undecided.why_not}")
        return self._changing(letter, known.marker, remote, wanted, undecided)

    def _changing(
        self,
        letter: Letter,
        marker: str,
        remote: Remote,
        wanted: Fields,
        undecided: Conflict | None,
    ) -> Plan:
        changes = differing(remote.fields, wanted)
        return Plan(
            letter=letter,
            account=self._account,
            action=Action.CHANGE if changes else Action.NOTHING,
            marker=marker,
            remote_id=remote.id,
            revision=remote.revision,
            fields=wanted,
            changes=changes,
            url=remote.url,
            conflict=undecided,
        )

    # doing

    async def _done(self, plan: Plan, tell: Tell) -> Handed:
        tell(Progress(Step.LOOKING))
        known = self._known(plan)
        remote = await self._present(plan, known)
        addresses = await images.put_online(
            plan.letter.pictures, self._platform, self._memory, self._account.id, tell
        )
        wanted = images.addressed(plan.fields, addresses)
        given = images.addressed(await self._platform.fields(plan.letter), addresses)
        if known and remote and _is_done(known, remote, plan, given):
            return known
        asked = Handed(
            account=self._account.id,
            provider=self._account.provider,
            marker=plan.marker,
            remote_id=remote.id if remote else "",
            revision=known.revision if known else "",
            url=remote.url if remote else "",
            at=int(self._now() * 1000),
            given=known.given if known else {},
            there=known.there if known else {},
            kept=known.kept if known else (),
            unheard=Unheard(given, wanted),
        )
        if remote is None or differing(remote.fields, wanted):
            if remote is not None and remote.revision != plan.revision:
                raise ChangedMeanwhileError(
                    "The draft was edited there just now. Look again at what will change."
                )
            tell(Progress(Step.WRITING))
            if not self._memory.claim(plan.letter.draft, asked, plan.before):
                raise ChangedMeanwhileError(_FASTER)
            remote = await self._written(plan.marker, remote, wanted, asked.at)
        tell(Progress(Step.READING_BACK))
        remote = await self._platform.read(remote.id) or remote
        self._refuse_unless_draft(remote)
        handed = replace(
            asked,
            remote_id=remote.id,
            revision=remote.revision,
            url=remote.url,
            given=given,
            there={name: remote.fields.get(name, "") for name in wanted},
            kept=tuple(each.field for each in differing(given, wanted)),
            unheard=None,
        )
        self._memory.keep(plan.letter.draft, handed)
        return handed

    def _known(self, plan: Plan) -> Handed | None:
        """What is known of the plan's draft. Raises ChangedMeanwhileError."""
        known = self._memory.handed(plan.letter.draft, self._account.id)
        if known is not None and known.marker not in (plan.marker, plan.before):
            raise ChangedMeanwhileError(_FASTER)
        return known if known is not None and known.marker == plan.marker else None

    async def _present(self, plan: Plan, known: Handed | None) -> Remote | None:
        """The draft that the plan is about, as it is now; None where it is to be made."""
        if plan.remote_id or (known and known.remote_id):
            ident = plan.remote_id or (known.remote_id if known else "")
            remote = await self._platform.read(ident)
            if remote is None:
                raise ChangedMeanwhileError(
                    "The draft was deleted there just now. Look again at what will be done."
                )
        else:
            remote = await self._remote(known)
        if remote is not None:
            self._refuse_unless_draft(remote)
        return remote

    async def _written(
        self, marker: str, remote: Remote | None, wanted: Fields, since: int
    ) -> Remote:
        """The draft as it is after the change, also where the answer was lost."""
        try:
            if remote is None:
                return await self._platform.create(marker, wanted)
            return await self._platform.change(remote, wanted)
        except _UNCERTAIN as error:
            found = await self._became(marker, remote, since)
            if found is not None and not differing(found.fields, wanted):
                return found
            raise UnreachableError(
                f"{error} It is not known whether the draft is there. Try again: it is looked for "
                "first, and never made twice."
            ) from None

    async def _became(self, marker: str, remote: Remote | None, since: int) -> Remote | None:
        try:
            if remote is not None:
                return await self._platform.read(remote.id)
            return await self._platform.find(marker, since - _EARLIER)
        except HttpError:
            return None

    def _refuse_unless_draft(self, remote: Remote) -> None:
        if not remote.is_draft:
            raise SentMeanwhileError(
                f"At {self._platform.name} this issue is no draft any more ({remote.state}), so "
                "nothing was changed. To hand it over all the same, make a second draft: a copy."
            )

    @asynccontextmanager
    async def _in_words(self) -> AsyncIterator[None]:
        try:
            yield
        except (ForbiddenError, RefusedError) as error:
            raise RefusedKeyError(f"{error} {self._platform.key_help}") from None
        except LimitedError as error:
            wait = f" Try again in {round(error.wait)} seconds." if error.wait else ""
            raise UnreachableError(f"{error}{wait}") from None
        except (StatusError, NotFoundError) as error:
            raise HandoverError(f"{self._platform.name} did not take it. {error}") from None
        except HttpError as error:
            raise UnreachableError(str(error)) from None


def _heard(known: Handed, remote: Remote) -> Handed:
    """What is known of the draft, given that a change which nobody heard of may have been made."""
    unheard = known.unheard
    if unheard is None:
        return known
    if known.remote_id and differing(remote.fields, unheard.asked):
        return known
    # A draft that was not there before is as it was asked for, edits made there since apart.
    kept = tuple(each.field for each in differing(unheard.given, unheard.asked))
    return replace(known, given=unheard.given, there=unheard.asked, kept=kept, unheard=None)


def _is_done(known: Handed, remote: Remote, plan: Plan, given: Fields) -> bool:
    """Whether the plan was carried out before, and nothing happened since."""
    return (
        known.unheard is None
        and known.revision == remote.revision != plan.revision
        and not differing(known.given, given)
    )
