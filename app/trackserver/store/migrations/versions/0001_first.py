"""The first schema."""

from alembic import op

from app.trackserver.store.schema import metadata

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make every table."""
    metadata.create_all(op.get_bind())
    if op.get_context().dialect.name == "postgresql":
        # Whatever no monthly partition takes is kept all the same.
        op.execute("CREATE TABLE event_rest PARTITION OF event DEFAULT")
