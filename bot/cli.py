"""The command line. Exit codes: 0 pass or warn, 1 fail, 2 usage or configuration, 3 error verdict or failure."""

import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot import __version__
from bot.commandline import options
from bot.errors import BotError, ConfigError, UserError
from bot.later import later, spare
from bot.settings import load_settings

# The command that comes with httpx takes a fifth of a second to import.
spare("httpx._main", "main")
if TYPE_CHECKING:
    from bot.commandline import advisories, bump, demonstration, doctor, local, scan
else:
    # Together they take a second to import, and each call is of one command.
    advisories, bump, demonstration, doctor, local, scan = (
        later(f"bot.commandline.{name}")
        for name in ("advisories", "bump", "demonstration", "doctor", "local", "scan")
    )

log = logging.getLogger(__name__)
USAGE = 2
ERROR = 3


class Plimsoll(click.Group):
    """Turns every error into one line and an exit code; 1 is left to mean a verdict."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except BrokenPipeError:
            # Whoever read the output has left. Python would try to write the rest once more as it ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(ERROR)
        except OSError as exc:
            click.echo(f"plimsoll: {_words(exc)}", err=True)
            sys.exit(ERROR if exc.filename is None else USAGE)
        except BotError as exc:
            click.echo(f"plimsoll: {exc}", err=True)
            sys.exit(USAGE if isinstance(exc, UserError | ConfigError) else ERROR)
        except Exception as exc:
            log.exception("a bug")
            click.echo(f"plimsoll: failed by a bug: {type(exc).__name__}: {exc}", err=True)
            sys.exit(ERROR)


def _words(exc: OSError) -> str:
    what = exc.strerror or str(exc)
    if exc.filename is None:
        return what
    place = Path(os.fsdecode(exc.filename))
    ours = place.is_relative_to(load_settings().data_dir)
    return f"{what}: {place}" + (" (the data folder is set by PLIMSOLL_DATA_DIR)" if ours else "")


@click.group(cls=Plimsoll, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="plimsoll")
@click.option("--verbose", is_flag=True, help="Log what is done, on stderr.")
def main(verbose: bool) -> None:
    """Review pull requests for container security, without building anything."""
    level = logging.INFO if verbose else logging.WARNING
    logging.basicConfig(level=level, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
    # It tells of its own set-up each time the database is opened.
    logging.getLogger("alembic").setLevel(logging.WARNING)


@main.command()
@click.argument("path", type=click.Path(exists=True, file_okay=False, path_type=Path), default=".")
@click.option(
    "--base", default="", metavar="REV", help="What it is compared with [default: the target branch]."
)
@click.option("--head", default="", metavar="REV", help="What is judged [default: the working tree].")
@click.option(
    "--format", "form", type=click.Choice(options.REVIEW_FORMATS), default="text", show_default=True
)
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write here instead of stdout."
)
@click.option("--build-arg", "build_args", multiple=True, metavar="NAME=VALUE", help="A value of an ARG.")
@click.option(
    "--engine", type=click.Choice(options.ENGINES), help="What looks into images [default: as set]."
)
@click.option("--accept-stale", is_flag=True, help="Judge on advisories of any age, and say so.")
def review(
    path: Path,
    base: str,
    head: str,
    form: str,
    output: Path | None,
    build_args: tuple[str, ...],
    engine: str | None,
    accept_stale: bool,
) -> None:
    """Judge a change in a local git repository exactly as the bot would."""
    wanted = local.Wanted(path, base, head, form, build_args, accept_stale, engine or "")
    sys.exit(_shown(lambda progress: local.review(load_settings(), wanted, progress), output))


@main.command(name="scan")
@click.argument("image")
@click.option("--platform", default="", metavar="P", help="Such as linux/arm64.")
@click.option(
    "--fail-on", type=click.Choice(options.SEVERITIES), help="Exit 1 for a flaw at least this severe."
)
@click.option("--only-fixed", is_flag=True, help="Count only flaws that have a fix.")
@click.option("--format", "form", type=click.Choice(options.SCAN_FORMATS), default="table", show_default=True)
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write here instead of stdout."
)
@click.option(
    "--engine", type=click.Choice(options.ENGINES), help="What looks into images [default: as set]."
)
@click.option("--accept-stale", is_flag=True, help="Match against advisories of any age, and say so.")
def scan_command(
    image: str,
    platform: str,
    fail_on: str | None,
    only_fixed: bool,
    form: str,
    output: Path | None,
    engine: str | None,
    accept_stale: bool,
) -> None:
    """List what is in IMAGE and which flaws are known.

    IMAGE is a reference, oci:DIR[:TAG], archive:FILE, or sbom:FILE (CycloneDX, SPDX or Syft JSON).
    """
    wanted = scan.Wanted(image, platform, fail_on, only_fixed, form, accept_stale, engine or "")
    sys.exit(_shown(lambda progress: scan.scan(load_settings(), wanted, progress), output))


@main.command(name="bump")
@click.argument("image", metavar="IMAGE:TAG")
@click.option(
    "--tags",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Choose by these tags alone, one a line or a JSON list; nothing is scanned.",
)
@click.option("--platform", default="", metavar="P", help="Such as linux/arm64.")
@click.option(
    "--format", "form", type=click.Choice(options.ADVICE_FORMATS), default="table", show_default=True
)
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write here instead of stdout."
)
@click.option("--accept-stale", is_flag=True, help="Match against advisories of any age, and say so.")
def bump_command(
    image: str, tags: Path | None, platform: str, form: str, output: Path | None, accept_stale: bool
) -> None:
    """Tell which tags IMAGE:TAG could move to, and prove it.

    Each candidate is scanned and compared with the image; those that are not proposed are listed with the reason.
    """
    wanted = bump.Wanted(image, tags, platform, form, accept_stale)
    sys.exit(_shown(lambda progress: bump.bump(load_settings(), wanted, progress), output))


@main.group()
def db() -> None:
    """Manage the advisory index."""


@db.command()
def update() -> None:
    """Fetch the advisory feeds."""
    text, complete = advisories.update(load_settings())
    click.echo(text, nl=False)
    sys.exit(0 if complete else ERROR)


@db.command(name="import")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--as-of", metavar="DATE", default="", help="When the data was current [default: its newest record]."
)
def import_command(path: Path, as_of: str) -> None:
    """Import advisories from a folder or zip file in OSV.dev's layout."""
    click.echo(advisories.import_from(load_settings(), path, as_of), nl=False)


@db.command()
def status() -> None:
    """Show which advisories are in use, and how old they are."""
    click.echo(advisories.status(load_settings()), nl=False)


@db.command()
@click.argument("ids", nargs=-1, metavar="[ID]...")
def affected(ids: tuple[str, ...]) -> None:
    """Show the images `serve` has seen that these advisories hit [default: what the last update brought]."""
    # The database takes a while to import, which the other commands need not wait for.
    from bot.commandline import affected as stored_images

    click.echo(stored_images.show(load_settings(), ids), nl=False)


@main.command()
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on.")
def serve(host: str | None, port: int | None) -> None:
    """Receive webhooks and review pull requests."""
    # The web server and the job engine take a second to import, which the other commands need not wait for.
    from bot.commandline import server

    server.serve(load_settings(), host, port)


@main.command()
@click.option("--keep", is_flag=True, help="Keep running afterwards, with addresses to open.")
def demo(keep: bool) -> None:
    """Run the main job on embedded defaults.

    No credentials, no internet; needs a source checkout.
    """
    sys.exit(demonstration.demo(keep))


@main.group(name="doctor", invoke_without_command=True)
@click.pass_context
def doctor_group(context: click.Context) -> None:
    """Tell what works here, and what to do about what does not.

    Looks at settings, credentials, data folder, engines, sandbox and advisories, without network. Exits with 2 for
    what a setting mends, else with 3 for what keeps a review from a verdict.
    """
    if context.invoked_subcommand is None:
        _tell(*doctor.doctor(load_settings()))


@doctor_group.command()
@click.argument("reference", metavar="REF")
def registry(reference: str) -> None:
    """Show what its registry answers for the image REF."""
    _tell(*doctor.doctor_registry(load_settings(), reference))


def _tell(text: str, code: int) -> None:
    click.echo(text, nl=False)
    sys.exit(code)


def _shown(work: Callable[[options.Progress], tuple[str, int]], output: Path | None) -> int:
    """Do the work with its progress on stderr, print the result, return the exit code."""
    with options.progress() as progress:
        text, code = work(progress)
    if output is None:
        click.echo(text, nl=False)
        return code
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as exc:
        raise ConfigError(f"{output} cannot be written: {exc.strerror}") from exc
    return code
