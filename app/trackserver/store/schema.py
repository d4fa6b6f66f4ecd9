"""The tables. Times are integers, milliseconds UTC; addresses of e-mail are never stored.

``inbox`` is what was answered and not yet worked off, ``event`` what happened, ``rollup`` every
figure a report shows. A figure is changed in the transaction that changes its events, so that a
recount always gives the same.
"""

import time

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData()


def _now() -> int:
    return time.time_ns() // 1_000_000


# SQLite makes row ids only for INTEGER, PostgreSQL should have eight bytes.
Key = BigInteger().with_variant(Integer, "sqlite")

server = Table(
    "server",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("epoch", Text, nullable=False, comment="changes when the store was restored"),
    Column("hash_key", LargeBinary, nullable=False, comment="keys the hashes of addresses"),
    Column("made_at", BigInteger, nullable=False),
)

signing_key = Table(
    "signing_key",
    metadata,
    Column("kid", SmallInteger, primary_key=True, autoincrement=False),
    Column("secret", LargeBinary, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("retired_at", BigInteger, comment="signs no more; links in the mails still verify"),
)

publication = Table(
    "publication",
    metadata,
    Column("id", Key, primary_key=True),
    Column("public_id", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("mode", Text, nullable=False),
    Column("canary", Boolean, nullable=False),
    Column("seq", BigInteger, nullable=False, comment="the change feed's newest number"),
    Column("made_at", BigInteger, nullable=False),
)

domain = Table(
    "domain",
    metadata,
    Column("host", Text, primary_key=True),
    Column("publication_id", ForeignKey("publication.id"), nullable=False),
    Column("main", Boolean, nullable=False, comment="new links use it"),
    Column("made_at", BigInteger, nullable=False),
)

api_key = Table(
    "api_key",
    metadata,
    Column("id", Key, primary_key=True),
    Column("prefix", Text, nullable=False),
    Column("digest", LargeBinary, nullable=False, unique=True, comment="SHA-256 of the key"),
    Column("publication_id", ForeignKey("publication.id"), comment="none: the whole server"),
    Column("name", Text, nullable=False),
    Column("scopes", Text, nullable=False, comment="words with blanks between"),
    Column("made_at", BigInteger, nullable=False),
    Column("used_at", BigInteger),
    Column("expires_at", BigInteger),
    Column("revoked_at", BigInteger),
)

webhook = Table(
    "webhook",
    metadata,
    Column("id", Key, primary_key=True),
    Column("publication_id", ForeignKey("publication.id"), nullable=False),
    Column("source", SmallInteger, nullable=False),
    Column("path_digest", LargeBinary, nullable=False, unique=True, comment="SHA-256 of its path"),
    Column("proof", Text, nullable=False, comment="JSON: what verifies; several while rotating"),
    Column("made_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
)

webhook_nonce = Table(
    "webhook_nonce",
    metadata,
    Column("webhook_id", ForeignKey("webhook.id"), primary_key=True),
    Column("nonce", Text, primary_key=True),
    Column("body", LargeBinary, nullable=False, comment="SHA-256 of the request it came with"),
    Column("at", BigInteger, nullable=False, index=True),
)

issue = Table(
    "issue",
    metadata,
    Column("id", Key, primary_key=True),
    Column("public_id", Text, nullable=False, unique=True),
    Column("publication_id", ForeignKey("publication.id"), nullable=False),
    Column("external_id", Text, comment="the sending platform's"),
    Column("idempotency_key", Text, comment="of the request that registered it"),
    Column("request", LargeBinary, comment="SHA-256 of that request"),
    Column("base", Text, nullable=False, server_default="", comment="scheme and host of its links"),
    Column("tail", Text, nullable=False, server_default="", comment="follows each link's token"),
    Column("subject", Text, nullable=False),
    Column("mode", Text, nullable=False),
    Column("sent_at", BigInteger),
    Column("made_at", BigInteger, nullable=False),
    Column("recipients", BigInteger, comment="how many it goes to, as the sender says"),
    Column("archive_url", Text),
    Column("strangers", BigInteger, nullable=False, server_default="0", comment="see work.hits"),
    Column("seq", BigInteger, nullable=False),
    Column("judged_seq", BigInteger, nullable=False, server_default="0", comment="see work.rerun"),
    Column("closed_at", BigInteger, comment="its raw events are deleted, its figures final"),
    Column("deleted_at", BigInteger, comment="only its links are left"),
    UniqueConstraint("publication_id", "external_id"),
    UniqueConstraint("publication_id", "idempotency_key"),
    Index("issue_seq", "publication_id", "seq"),
)

issue_text = Table(
    "issue_text",
    metadata,
    Column("issue_id", ForeignKey("issue.id"), primary_key=True),
    Column("html", LargeBinary, nullable=False, comment="as the sender gave it, deflated"),
    Column("places", Text, nullable=False, comment="JSON: number, and start and end of each href"),
)

link = Table(
    "link",
    metadata,
    Column("issue_id", ForeignKey("issue.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("url", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("canary", Boolean, nullable=False),
    Column("dropped_at", BigInteger, comment="no longer in the issue's text"),
    Column("revoked_at", BigInteger),
    Column("changed_at", BigInteger, nullable=False, default=_now, onupdate=_now, index=True),
)
"""Web processes poll ``changed_at`` and keep a copy each."""

subscriber = Table(
    "subscriber",
    metadata,
    Column("id", Key, primary_key=True),
    Column("publication_id", ForeignKey("publication.id"), nullable=False, index=True),
    Column("external_id", Text),
    Column("domain", Text, comment="the receiving domain"),
    Column("consent", Boolean, nullable=False, comment="false: only totals may be kept"),
    Column("made_at", BigInteger, nullable=False),
)

subscriber_key = Table(
    "subscriber_key",
    metadata,
    Column("publication_id", ForeignKey("publication.id"), primary_key=True),
    Column("digest", LargeBinary, primary_key=True, comment="keyed hash: e-mail or external id"),
    Column("subscriber_id", ForeignKey("subscriber.id"), nullable=False, index=True),
)

erased_key = Table(
    "erased_key",
    metadata,
    Column("publication_id", ForeignKey("publication.id"), primary_key=True),
    Column("digest", LargeBinary, primary_key=True, comment="as in subscriber_key"),
    Column("at", BigInteger, nullable=False, index=True),
)
"""Who was erased: mails they still have must not make them known again. Goes when the figures of
the newest such mail are final.
"""

recipient = Table(
    "recipient",
    metadata,
    Column("issue_id", ForeignKey("issue.id"), primary_key=True),
    Column("subscriber_id", ForeignKey("subscriber.id"), primary_key=True),
    Index("recipient_subscriber", "subscriber_id"),
)
"""A subscriber's copy of an issue; also the row that a worker locks to change its events."""

inbox = Table(
    "inbox",
    metadata,
    Column("id", Key, primary_key=True),
    Column("batch", LargeBinary, nullable=False, unique=True, comment="16 random bytes"),
    Column("kind", SmallInteger, nullable=False, comment="see inbox.Kind"),
    Column("body", LargeBinary, nullable=False, comment="MessagePack, see inbox"),
    Column("items", Integer, nullable=False),
    Column("attempts", SmallInteger, nullable=False),
    Column("not_before", BigInteger, nullable=False),
    sqlite_autoincrement=True,
)

inbox_done = Table(
    "inbox_done",
    metadata,
    Column("batch", LargeBinary, primary_key=True),
    Column("at", BigInteger, nullable=False, index=True),
)
"""Batches worked off: a web process that did not hear of its commit may bring one again."""

set_aside = Table(
    "set_aside",
    metadata,
    Column("id", Key, primary_key=True),
    Column("kind", SmallInteger, nullable=False),
    Column("body", LargeBinary, nullable=False, comment="one item, as in inbox"),
    Column("error", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
)

user_agent = Table(
    "user_agent",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False, comment="hash of the text"),
    Column("text", Text, nullable=False),
    Column("client", Text, nullable=False),
    Column("os", Text, nullable=False),
    Column("device", Text, nullable=False),
    Column("agent", SmallInteger, nullable=False),
    Column("reasons", Integer, nullable=False),
    Column("rules", SmallInteger, nullable=False, comment="the version that judged it"),
)

event = Table(
    "event",
    metadata,
    # The id is a hash of what makes the event itself, so the same one twice is one row.
    Column("at", BigInteger, primary_key=True, autoincrement=False),
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("issue_id", BigInteger, nullable=False),
    Column("subscriber_id", BigInteger, comment="none: aggregate, or without consent"),
    Column("type", SmallInteger, nullable=False),
    Column("link", Integer, comment="the link's number"),
    Column("agent", SmallInteger, nullable=False),
    Column("reasons", Integer, nullable=False),
    Column("rules", SmallInteger, nullable=False),
    Column("source", SmallInteger, nullable=False),
    Column("user_agent_id", BigInteger),
    Column("address", Text, comment="full; emptied after the retention"),
    Column("network", Text, comment="/24 or /48"),
    Column("address_hash", BigInteger, comment="keyed"),
    Column("domain", Text, comment="receiving domain"),
    Column("detail", Text, comment="JSON: reason, code, the vendor's flag and unknown fields"),
    Column("seq", BigInteger, nullable=False),
    Index("event_issue", "issue_id", "subscriber_id"),
    Index("event_seq", "issue_id", "seq"),
    # Few among many: EventType.UNSUBSCRIBED.
    Index(
        "event_left",
        "issue_id",
        "seq",
        postgresql_where=text("type = 10"),
        sqlite_where=text("type = 10"),
    ),
    postgresql_partition_by="RANGE (at)",
)

rollup = Table(
    "rollup",
    metadata,
    Column("issue_id", BigInteger, primary_key=True, autoincrement=False),
    Column("dimension", SmallInteger, primary_key=True, autoincrement=False),
    Column("key", Text, primary_key=True),
    Column("metric", SmallInteger, primary_key=True, autoincrement=False),
    Column("agent", SmallInteger, primary_key=True, autoincrement=False),
    Column("n", BigInteger, nullable=False),
)

robot = Table(
    "robot",
    metadata,
    Column(
        "kind", SmallInteger, primary_key=True, autoincrement=False, comment="see robots.tables"
    ),
    Column("key", Text, primary_key=True, comment="a network, a user agent or an e-mail domain"),
    Column("machines", BigInteger, nullable=False, comment="hits of machines seen from there"),
    Column("humans", BigInteger, nullable=False, comment="hits of people seen from there"),
    Column("reasons", Integer, nullable=False),
    Column("first_at", BigInteger, nullable=False),
    Column("last_at", BigInteger, nullable=False),
)
"""What robots were seen to use: the sum of all issues' sightings."""

robot_sighting = Table(
    "robot_sighting",
    metadata,
    Column("issue_id", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", SmallInteger, primary_key=True, autoincrement=False),
    Column("key", Text, primary_key=True),
    Column("machines", BigInteger, nullable=False),
    Column("humans", BigInteger, nullable=False),
    Column("reasons", Integer, nullable=False),
    Column("first_at", BigInteger, nullable=False),
    Column("last_at", BigInteger, nullable=False),
)
"""One issue's part of ``robot``: replaced when the issue is judged again."""

setting = Table(
    "setting",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
"""What all processes share and an administrator may change; also how far the jobs are."""

pace = Table(
    "pace",
    metadata,
    Column("issue_id", ForeignKey("issue.id"), primary_key=True),
    Column("domain", Text, primary_key=True, comment="the receiving one; empty: all of them"),
    Column("state", Text, nullable=False, comment="JSON, see api.pace"),
)
"""How fast each issue may go on, as last decided."""

tombstone = Table(
    "tombstone",
    metadata,
    Column("publication_id", ForeignKey("publication.id"), primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("public_id", Text, nullable=False),
)

page = Table(
    "page",
    metadata,
    Column("id", Key, primary_key=True),
    Column("public_id", Text, nullable=False, unique=True),
    Column("publication_id", ForeignKey("publication.id"), nullable=False),
    Column("issue_id", ForeignKey("issue.id")),
    Column("url", Text, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    UniqueConstraint("publication_id", "url"),
)

page_rollup = Table(
    "page_rollup",
    metadata,
    Column("page_id", ForeignKey("page.id"), primary_key=True),
    Column("day", Integer, primary_key=True, autoincrement=False, comment="days since the epoch"),
    Column("metric", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("n", BigInteger, nullable=False),
)

page_visit = Table(
    "page_visit",
    metadata,
    Column("page_id", ForeignKey("page.id"), primary_key=True),
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("visitor", LargeBinary, primary_key=True, comment="hash with the day's salt"),
    Column("flags", SmallInteger, nullable=False, comment="1 read, 2 signed up"),
)
"""Today's and yesterday's visits, to count each once; older ones are deleted."""

day_salt = Table(
    "day_salt",
    metadata,
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("salt", LargeBinary, nullable=False),
)

link_verdict = Table(
    "link_verdict",
    metadata,
    Column("digest", LargeBinary, primary_key=True, comment="BLAKE2b-16 of the URL"),
    Column("verdict", Text, nullable=False, comment="JSON, see linkcheck.told; empty: none yet"),
    Column("checked_at", BigInteger, nullable=False),
    Column("fresh_until", BigInteger, nullable=False, index=True),
    Column("claimed_until", BigInteger, nullable=False, comment="a process is asking for it"),
)
"""What was found of links that were checked for the team: a cache, no more."""
