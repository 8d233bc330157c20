"""Which version read an inventory, and what in it a package of the distribution brought."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema to this revision."""
    op.add_column("plimsoll_inventories", sa.Column("version", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "plimsoll_owned_packages",
        sa.Column("version", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("inventory", sa.Integer(), nullable=False),
        sa.Column("owner", sa.Integer(), nullable=False, autoincrement=False),
        sa.PrimaryKeyConstraint("version", "inventory", "owner"),
        sqlite_with_rowid=False,
    )
    op.create_index("plimsoll_owned_by_inventory", "plimsoll_owned_packages", ["inventory"])
    op.create_index("plimsoll_owned_by_owner", "plimsoll_owned_packages", ["owner"])
