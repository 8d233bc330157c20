"""When a pull request last changed, to tell events that come late."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.add_column("plimsoll_pulls", sa.Column("updated_at", sa.Float(), nullable=False, server_default="0"))
