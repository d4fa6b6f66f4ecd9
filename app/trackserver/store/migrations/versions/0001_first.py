"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make every table."""
    op.create_table(
        "day_salt",
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("day"),
    )
    op.create_table(
        "event",
        sa.Column("at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("issue_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "subscriber_id",
            sa.BigInteger(),
            nullable=True,
            comment="none: aggregate, or without consent",
        ),
        sa.Column("type", sa.SmallInteger(), nullable=False),
        sa.Column("link", sa.Integer(), nullable=True, comment="the link's number"),
        sa.Column("agent", sa.SmallInteger(), nullable=False),
        sa.Column("reasons", sa.Integer(), nullable=False),
        sa.Column("rules", sa.SmallInteger(), nullable=False),
        sa.Column("source", sa.SmallInteger(), nullable=False),
        sa.Column("user_agent_id", sa.BigInteger(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True, comment="full; emptied after the retention"),
        sa.Column("network", sa.Text(), nullable=True, comment="/24 or /48"),
        sa.Column("address_hash", sa.BigInteger(), nullable=True, comment="keyed"),
        sa.Column("domain", sa.Text(), nullable=True, comment="receiving domain"),
        sa.Column(
            "detail",
            sa.Text(),
            nullable=True,
            comment="JSON: reason, code, the vendor's flag and unknown fields",
        ),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("at", "id"),
        postgresql_partition_by="RANGE (at)",
    )
    op.create_index("event_issue", "event", ["issue_id", "subscriber_id"], unique=False)
    op.create_index(
        "event_left",
        "event",
        ["issue_id", "seq"],
        unique=False,
        postgresql_where=sa.text("type = 10"),
        sqlite_where=sa.text("type = 10"),
    )
    op.create_index("event_seq", "event", ["issue_id", "seq"], unique=False)
    op.create_table(
        "inbox",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("batch", sa.LargeBinary(), nullable=False, comment="16 random bytes"),
        sa.Column("kind", sa.SmallInteger(), nullable=False, comment="see inbox.Kind"),
        sa.Column("body", sa.LargeBinary(), nullable=False, comment="MessagePack, see inbox"),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("not_before", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("batch"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "inbox_done",
        sa.Column("batch", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("batch"),
    )
    op.create_index("ix_inbox_done_at", "inbox_done", ["at"], unique=False)
    op.create_table(
        "publication",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("canary", sa.Boolean(), nullable=False),
        sa.Column(
            "seq", sa.BigInteger(), nullable=False, comment="the change feed's newest number"
        ),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("public_id"),
    )
    op.create_table(
        "robot",
        sa.Column(
            "kind",
            sa.SmallInteger(),
            autoincrement=False,
            nullable=False,
            comment="see robots.tables",
        ),
        sa.Column(
            "key", sa.Text(), nullable=False, comment="a network, a user agent or an e-mail domain"
        ),
        sa.Column(
            "machines", sa.BigInteger(), nullable=False, comment="hits of machines seen from there"
        ),
        sa.Column(
            "humans", sa.BigInteger(), nullable=False, comment="hits of people seen from there"
        ),
        sa.Column("reasons", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "key"),
    )
    op.create_table(
        "robot_sighting",
        sa.Column("issue_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("machines", sa.BigInteger(), nullable=False),
        sa.Column("humans", sa.BigInteger(), nullable=False),
        sa.Column("reasons", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("issue_id", "kind", "key"),
    )
    op.create_table(
        "rollup",
        sa.Column("issue_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("dimension", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("metric", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("agent", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("issue_id", "dimension", "key", "metric", "agent"),
    )
    op.create_table(
        "server",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "epoch", sa.Text(), nullable=False, comment="changes when the store was restored"
        ),
        sa.Column(
            "hash_key", sa.LargeBinary(), nullable=False, comment="keys the hashes of addresses"
        ),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "set_aside",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False, comment="one item, as in inbox"),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "setting",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "signing_key",
        sa.Column("kid", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column(
            "retired_at",
            sa.BigInteger(),
            nullable=True,
            comment="signs no more; links in the mails still verify",
        ),
        sa.PrimaryKeyConstraint("kid"),
    )
    op.create_table(
        "user_agent",
        sa.Column(
            "id", sa.BigInteger(), autoincrement=False, nullable=False, comment="hash of the text"
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("os", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("agent", sa.SmallInteger(), nullable=False),
        sa.Column("reasons", sa.Integer(), nullable=False),
        sa.Column("rules", sa.SmallInteger(), nullable=False, comment="the version that judged it"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "api_key",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False, comment="SHA-256 of the key"),
        sa.Column(
            "publication_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="none: the whole server",
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False, comment="words with blanks between"),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["publication_id"],
            ["publication.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("digest"),
    )
    op.create_table(
        "domain",
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column(
            "publication_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("main", sa.Boolean(), nullable=False, comment="new links use it"),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["publication_id"],
            ["publication.id"],
        ),
        sa.PrimaryKeyConstraint("host"),
    )
    op.create_table(
        "erased_key",
        sa.Column(
            "publication_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("digest", sa.LargeBinary(), nullable=False, comment="as in subscriber_key"),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["publication_id"],
            ["publication.id"],
        ),
        sa.PrimaryKeyConstraint("publication_id", "digest"),
    )
    op.create_index("ix_erased_key_at", "erased_key", ["at"], unique=False)
    op.create_table(
        "issue",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column(
            "publication_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("external_id", sa.Text(), nullable=True, comment="the sending platform's"),
        sa.Column(
            "idempotency_key", sa.Text(), nullable=True, comment="of the request that registered it"
        ),
        sa.Column("request", sa.LargeBinary(), nullable=True, comment="SHA-256 of that request"),
        sa.Column(
            "base",
            sa.Text(),
            server_default="",
            nullable=False,
            comment="scheme and host of its links",
        ),
        sa.Column(
            "tail",
            sa.Text(),
            server_default="",
            nullable=False,
            comment="follows each link's token",
        ),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column(
            "recipients",
            sa.BigInteger(),
            nullable=True,
            comment="how many it goes to, as the sender says",
        ),
        sa.Column("archive_url", sa.Text(), nullable=True),
        sa.Column(
            "strangers",
            sa.BigInteger(),
            server_default="0",
            nullable=False,
            comment="see work.hits",
        ),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column(
            "judged_seq",
            sa.BigInteger(),
            server_default="0",
            nullable=False,
            comment="see work.rerun",
        ),
        sa.Column(
            "closed_at",
            sa.BigInteger(),
            nullable=True,
            comment="its raw events are deleted, its figures final",
        ),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True, comment="only its links are left"),
        sa.ForeignKeyConstraint(
            ["publication_id"],
            ["publication.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("public_id"),
        sa.UniqueConstraint("publication_id", "external_id"),
        sa.UniqueConstraint("publication_id", "idempotency_key"),
    )
    op.create_index("issue_seq", "issue", ["publication_id", "seq"], unique=False)
    op.create_table(
        "subscriber",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "publication_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("domain", sa.Text(), nullable=True, comment="the receiving domain"),
        sa.Column(
            "consent", sa.Boolean(), nullable=False, comment="false: only totals may be kept"
        ),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["publication_id"],
            ["publication.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_subscriber_publication_id", "subscriber", ["publication_id"], unique=False)
    op.create_table(
        "tombstone",
        sa.Column(
            "publication_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["publication_id"],
            ["publication.id"],
        ),
        sa.PrimaryKeyConstraint("publication_id", "seq"),
    )
    op.create_table(
        "webhook",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "publication_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("source", sa.SmallInteger(), nullable=False),
        sa.Column("path_digest", sa.LargeBinary(), nullable=False, comment="SHA-256 of its path"),
        sa.Column(
            "proof",
            sa.Text(),
            nullable=False,
            comment="JSON: what verifies; several while rotating",
        ),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["publication_id"],
            ["publication.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("path_digest"),
    )
    op.create_table(
        "issue_text",
        sa.Column("issue_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "html", sa.LargeBinary(), nullable=False, comment="as the sender gave it, deflated"
        ),
        sa.Column(
            "places",
            sa.Text(),
            nullable=False,
            comment="JSON: number, and start and end of each href",
        ),
        sa.ForeignKeyConstraint(
            ["issue_id"],
            ["issue.id"],
        ),
        sa.PrimaryKeyConstraint("issue_id"),
    )
    op.create_table(
        "link",
        sa.Column("issue_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("canary", sa.Boolean(), nullable=False),
        sa.Column(
            "dropped_at", sa.BigInteger(), nullable=True, comment="no longer in the issue's text"
        ),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["issue_id"],
            ["issue.id"],
        ),
        sa.PrimaryKeyConstraint("issue_id", "number"),
    )
    op.create_index("ix_link_changed_at", "link", ["changed_at"], unique=False)
    op.create_table(
        "pace",
        sa.Column("issue_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "domain", sa.Text(), nullable=False, comment="the receiving one; empty: all of them"
        ),
        sa.Column("state", sa.Text(), nullable=False, comment="JSON, see api.pace"),
        sa.ForeignKeyConstraint(
            ["issue_id"],
            ["issue.id"],
        ),
        sa.PrimaryKeyConstraint("issue_id", "domain"),
    )
    op.create_table(
        "page",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column(
            "publication_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("issue_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["issue_id"],
            ["issue.id"],
        ),
        sa.ForeignKeyConstraint(
            ["publication_id"],
            ["publication.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("public_id"),
        sa.UniqueConstraint("publication_id", "url"),
    )
    op.create_table(
        "recipient",
        sa.Column("issue_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "subscriber_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["issue_id"],
            ["issue.id"],
        ),
        sa.ForeignKeyConstraint(
            ["subscriber_id"],
            ["subscriber.id"],
        ),
        sa.PrimaryKeyConstraint("issue_id", "subscriber_id"),
    )
    op.create_index("recipient_subscriber", "recipient", ["subscriber_id"], unique=False)
    op.create_table(
        "subscriber_key",
        sa.Column(
            "publication_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "digest", sa.LargeBinary(), nullable=False, comment="keyed hash: e-mail or external id"
        ),
        sa.Column(
            "subscriber_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["publication_id"],
            ["publication.id"],
        ),
        sa.ForeignKeyConstraint(
            ["subscriber_id"],
            ["subscriber.id"],
        ),
        sa.PrimaryKeyConstraint("publication_id", "digest"),
    )
    op.create_index(
        "ix_subscriber_key_subscriber_id", "subscriber_key", ["subscriber_id"], unique=False
    )
    op.create_table(
        "webhook_nonce",
        sa.Column(
            "webhook_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column(
            "body", sa.LargeBinary(), nullable=False, comment="SHA-256 of the request it came with"
        ),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["webhook_id"],
            ["webhook.id"],
        ),
        sa.PrimaryKeyConstraint("webhook_id", "nonce"),
    )
    op.create_index("ix_webhook_nonce_at", "webhook_nonce", ["at"], unique=False)
    op.create_table(
        "page_rollup",
        sa.Column("page_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "day", sa.Integer(), autoincrement=False, nullable=False, comment="days since the epoch"
        ),
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["page_id"],
            ["page.id"],
        ),
        sa.PrimaryKeyConstraint("page_id", "day", "metric", "key"),
    )
    op.create_table(
        "page_visit",
        sa.Column("page_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("visitor", sa.LargeBinary(), nullable=False, comment="hash with the day's salt"),
        sa.Column("flags", sa.SmallInteger(), nullable=False, comment="1 read, 2 signed up"),
        sa.ForeignKeyConstraint(
            ["page_id"],
            ["page.id"],
        ),
        sa.PrimaryKeyConstraint("page_id", "day", "visitor"),
    )
    if op.get_context().dialect.name == "postgresql":
        # Whatever no monthly partition takes is kept all the same.
        op.execute("CREATE TABLE event_rest PARTITION OF event DEFAULT")
