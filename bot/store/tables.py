"""The schema, in SQL that SQLite and PostgreSQL share. Times are seconds since the epoch, UTC.

Every name starts with `plimsoll_`: on SQLite the job engine keeps its own tables in the same file.
"""

import sqlalchemy as sa

PREFIX = "plimsoll_"
metadata = sa.MetaData()

deliveries = sa.Table(
    PREFIX + "deliveries",
    metadata,
    # GitHub's GUID is unique per event, not per receiver, so the key holds host and app as well.
    sa.Column("host", sa.Text, primary_key=True),
    sa.Column("app_id", sa.Text, primary_key=True),
    sa.Column("guid", sa.Text, primary_key=True),
    sa.Column("event", sa.Text, nullable=False),
    sa.Column("payload", sa.Text, nullable=False),
    sa.Column("received_at", sa.Float, nullable=False),
)

jobs = sa.Table(
    PREFIX + "jobs",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("payload", sa.Text, nullable=False),
    sa.Column("partition", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False, default=0),
    sa.Column("not_before", sa.Float, nullable=False, default=0.0),
    sa.Column("created_at", sa.Float, nullable=False),
    sa.Column("finished_at", sa.Float),
    sa.Column("error", sa.Text, nullable=False, default=""),
    sa.Index(PREFIX + "jobs_by_state", "state", "created_at"),
)

pulls = sa.Table(
    PREFIX + "pulls",
    metadata,
    sa.Column("repository_id", sa.BigInteger, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("head", sa.Text, nullable=False),
    sa.Column("base_ref", sa.Text, nullable=False),
    sa.Column("is_open", sa.Boolean, nullable=False),
    sa.Column("comment_id", sa.BigInteger),
    # GitHub's, which tells an event that comes late; 0 when it was never told.
    sa.Column("updated_at", sa.Float, nullable=False, server_default="0"),
    # Markers of our suggestions on its lines, as JSON: what is not known of needs no request to withdraw.
    sa.Column("suggestions", sa.Text, nullable=False, server_default="[]"),
    sa.Index(PREFIX + "pulls_by_head", "repository_id", "head"),
)

reviews = sa.Table(
    PREFIX + "reviews",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("installation_id", sa.BigInteger, nullable=False),
    sa.Column("repository_id", sa.BigInteger, nullable=False),
    sa.Column("repository", sa.Text, nullable=False),
    # 0 for a merge group, which belongs to no single pull request.
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("head", sa.Text, nullable=False),
    sa.Column("base", sa.Text, nullable=False),
    sa.Column("base_ref", sa.Text, nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False),
    # What asked for it, so that asking twice after a crash opens one review.
    sa.Column("trigger", sa.Text, nullable=False),
    sa.Column("fresh", sa.Boolean, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("opened_at", sa.Float, nullable=False),
    sa.Column("deadline", sa.Float, nullable=False),
    sa.Column("check_run_id", sa.BigInteger),
    sa.Column("status", sa.Integer),
    sa.Column("shown", sa.Text),
    sa.Column("snapshot", sa.Text, nullable=False, default=""),
    # The rendered report and everything it was judged on, for replay.
    sa.Column("document", sa.Text),
    sa.Column("inputs", sa.Text),
    sa.UniqueConstraint("repository_id", "head", "attempt", name=PREFIX + "one_review_an_attempt"),
    sa.UniqueConstraint("repository_id", "number", "head", "trigger", name=PREFIX + "one_review_a_trigger"),
    sa.Index(PREFIX + "reviews_by_state", "state", "deadline"),
)

resolutions = sa.Table(
    PREFIX + "resolutions",
    metadata,
    sa.Column("repository_id", sa.BigInteger, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("head", sa.Text, primary_key=True),
    sa.Column("reference", sa.Text, primary_key=True),
    sa.Column("platform", sa.Text, primary_key=True),
    sa.Column("index_digest", sa.Text, nullable=False),
    sa.Column("manifest_digest", sa.Text, nullable=False),
    sa.Column("resolved_platform", sa.Text, nullable=False),
)

sightings = sa.Table(
    PREFIX + "sightings",
    metadata,
    # The image a repository's reference last resolved to, for the day its registry does not answer.
    sa.Column("repository_id", sa.BigInteger, primary_key=True),
    sa.Column("reference", sa.Text, primary_key=True),
    sa.Column("platform", sa.Text, primary_key=True),
    sa.Column("index_digest", sa.Text, nullable=False),
    sa.Column("manifest_digest", sa.Text, nullable=False),
    sa.Column("resolved_platform", sa.Text, nullable=False),
    sa.Column("seen_at", sa.Float, nullable=False),
    sa.Index(PREFIX + "sightings_by_manifest", "manifest_digest"),
)

inventories = sa.Table(
    PREFIX + "inventories",
    metadata,
    # What an image contains, once however many repositories use it: JSON, deflated.
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
    sa.Column("saved_at", sa.Float, nullable=False),
    # Which version of the bot read it; empty for one that did not say.
    sa.Column("version", sa.Text, nullable=False, server_default=""),
    sa.UniqueConstraint("digest", name=PREFIX + "one_inventory_a_manifest"),
)

package_versions = sa.Table(
    PREFIX + "package_versions",
    metadata,
    # What decides which advisories hit a package, once however many images hold it.
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("ecosystem", sa.Text, nullable=False),
    sa.Column("source_name", sa.Text, nullable=False),
    sa.Column("source_version", sa.Text, nullable=False),
    sa.Column("module", sa.Text, nullable=False),
    sa.UniqueConstraint(
        "ecosystem", "source_name", "source_version", "module", "type", name=PREFIX + "one_row_a_version"
    ),
)

inventory_packages = sa.Table(
    PREFIX + "inventory_packages",
    metadata,
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("inventory", sa.Integer, primary_key=True),
    sa.Index(PREFIX + "packages_by_inventory", "inventory"),
    sqlite_with_rowid=False,
)

owned_packages = sa.Table(
    PREFIX + "owned_packages",
    metadata,
    # Packages of a language that one of the distribution brought: they count where nobody speaks of the owner.
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("inventory", sa.Integer, primary_key=True),
    sa.Column("owner", sa.Integer, primary_key=True, autoincrement=False),
    sa.Index(PREFIX + "owned_by_inventory", "inventory"),
    sa.Index(PREFIX + "owned_by_owner", "owner"),
    sqlite_with_rowid=False,
)

earlier = sa.Table(
    PREFIX + "earlier",
    metadata,
    # What the last verdict on a branch or a head said of a target: tells a new advisory from a moved tag.
    sa.Column("repository_id", sa.BigInteger, primary_key=True),
    sa.Column("place", sa.Text, primary_key=True),
    sa.Column("target", sa.Text, primary_key=True),
    sa.Column("verdict", sa.Text, nullable=False),
)

installations = sa.Table(
    PREFIX + "installations",
    metadata,
    sa.Column("id", sa.BigInteger, primary_key=True),
    sa.Column("account", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("changed_at", sa.Float, nullable=False),
)

policies = sa.Table(
    PREFIX + "policies",
    metadata,
    # The last repository file of a branch that could be understood, for the day a commit breaks it.
    sa.Column("repository_id", sa.BigInteger, primary_key=True),
    sa.Column("base_ref", sa.Text, primary_key=True),
    sa.Column("blob", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("saved_at", sa.Float, nullable=False),
)

ignores = sa.Table(
    PREFIX + "ignores",
    metadata,
    # Candidates nobody wants, as said by commands; those of the repository's file stay there.
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("repository_id", sa.BigInteger, nullable=False),
    sa.Column("image", sa.Text, nullable=False),
    sa.Column("tracks", sa.Text, nullable=False, default=""),
    sa.Column("tag", sa.Text, nullable=False, default=""),
    # ISO date, empty for ever.
    sa.Column("until", sa.Text, nullable=False, default=""),
    sa.Column("reason", sa.Text, nullable=False, default=""),
    sa.Column("made_by", sa.Text, nullable=False),
    sa.Column("made_at", sa.Float, nullable=False),
    sa.Index(PREFIX + "ignores_by_repository", "repository_id"),
)

branches = sa.Table(
    PREFIX + "branches",
    metadata,
    # Target branches that are looked after between pull requests.
    sa.Column("repository_id", sa.BigInteger, primary_key=True),
    sa.Column("base_ref", sa.Text, primary_key=True),
    sa.Column("installation_id", sa.BigInteger, nullable=False),
    sa.Column("repository", sa.Text, nullable=False),
    sa.Column("head", sa.Text, nullable=False),
    sa.Column("snapshot", sa.Text, nullable=False, default=""),
    sa.Column("surveyed_at", sa.Float, nullable=False, default=0.0),
    # Why bumps cannot be opened there, if so; shown on pull requests.
    sa.Column("problem", sa.Text, nullable=False, default=""),
)

bumps = sa.Table(
    PREFIX + "bumps",
    metadata,
    # One row a bump pull request, by its branch, whose name is derived from what it bumps.
    sa.Column("repository_id", sa.BigInteger, primary_key=True),
    sa.Column("branch", sa.Text, primary_key=True),
    sa.Column("base_ref", sa.Text, nullable=False),
    sa.Column("family", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("number", sa.Integer),
    # What we pushed last, and on what it stands.
    sa.Column("head", sa.Text, nullable=False, default=""),
    sa.Column("base", sa.Text, nullable=False, default=""),
    # Hash of what it changes, so that the same bump is never made twice.
    sa.Column("content", sa.Text, nullable=False, default=""),
    # What it proposes, as JSON of (normalised image name, tag, track) lists: `/ignore this` reads it.
    sa.Column("moves", sa.Text, nullable=False, default="[]"),
    # Critical flaws it was known to clear, as JSON: only a new one brings back what a person closed.
    sa.Column("critical", sa.Text, nullable=False, default="[]"),
    sa.Column("wanted", sa.Text, nullable=False, default=""),
    sa.Column("reason", sa.Text, nullable=False, default=""),
    sa.Column("changed_at", sa.Float, nullable=False),
)

shipped = sa.Table(
    PREFIX + "shipped",
    metadata,
    # What a reference meant when the branch was last pushed to: what its images were built on.
    sa.Column("repository_id", sa.BigInteger, primary_key=True),
    sa.Column("base_ref", sa.Text, primary_key=True),
    sa.Column("reference", sa.Text, primary_key=True),
    sa.Column("platform", sa.Text, primary_key=True),
    sa.Column("index_digest", sa.Text, nullable=False),
    sa.Column("head", sa.Text, nullable=False),
    sa.Column("seen_at", sa.Float, nullable=False),
    # The digest a rebuild was asked for.
    sa.Column("asked", sa.Text, nullable=False, default=""),
)

first_seen = sa.Table(
    PREFIX + "first_seen",
    metadata,
    # When we first saw a tag mean a digest: the last rung of a candidate's age.
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("tag", sa.Text, primary_key=True),
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("seen_at", sa.Float, nullable=False),
)
