"""What the demonstration tells: five things that happen in a repository, and what a person sees each time."""

import time
from collections.abc import Callable

from tests.fakes.github.check_verbs import FakeCheck
from tests.fakes.github.fake import FakeGitHub
from tests.fakes.github.pull_verbs import FakePull
from tests.fakes.images import image, push
from tests.fakes.registry import FakeRegistry

SECONDS = 30
RULE = "─" * 78

# What the official images held, as far as the story needs it.
ALPINE = {
    "3.20.0": {"openssl": "3.3.0-r2", "busybox": "1.36.1-r28"},
    "3.20.3": {"openssl": "3.3.2-r0", "busybox": "1.36.1-r29"},
    "3.20.6": {"openssl": "3.3.3-r0", "busybox": "1.36.1-r31"},
}


def push_images(registry: FakeRegistry) -> None:
    """Make three releases of a base image, with a package database in apk's own format."""
    for tag, versions in ALPINE.items():
        packages = {
            "busybox": versions["busybox"],
            "libcrypto3": (versions["openssl"], "openssl"),
            "libssl3": (versions["openssl"], "openssl"),
            "musl": "1.2.5-r0",
            "zlib": "1.3.1-r1",
        }
        push(registry, "library/alpine", tag, image(os="alpine:3.20", packages=packages))


def tell(github: FakeGitHub, registry: FakeRegistry) -> None:
    """Open pull requests and show what the bot does about them."""
    base = f"{registry.host}/library/alpine"
    repo = github.repo(
        "harbour/shop", files={"Dockerfile": _dockerfile(f"{base}:3.20.3"), "README.md": "# Shop\n"}
    )

    _title("1. A pull request goes back to an older base image")
    pull = repo.open_pull(
        {"Dockerfile": _dockerfile(f"{base}:3.20.0")}, title="Go back to the base image that worked"
    )
    print(f"\n  -FROM {base}:3.20.3\n  +FROM {base}:3.20.0")
    _show_check(_concluded(lambda: _newest(pull)))
    _wait(lambda: pull.bot_comment is not None)
    first = pull.bot_comment
    _show_comment(pull)

    _title("2. Its author pushes a better one: the same comment, edited, and a green check")
    pull.push({"Dockerfile": _dockerfile(f"{base}:3.20.6")})
    print(f"\n  -FROM {base}:3.20.0\n  +FROM {base}:3.20.6")
    _show_check(_concluded(lambda: _newest(pull)))
    _wait(lambda: pull.bot_comment != first)
    _show_comment(pull)

    _title("3. A pull request that touches only the README")
    readme = repo.open_pull({"README.md": "# The shop\n"}, title="Say what it is")
    _show_check(_concluded(lambda: _newest(readme)))
    _show_comment(readme)

    _title("4. Somebody with write access comments /rescan on the first pull request")
    before = len(pull.checks)
    comment = pull.comment("/rescan")
    _show_check(_concluded(lambda: _newest(pull) if len(pull.checks) > before else None))
    _wait(lambda: "+1" in comment.reactions)
    print(f"\nReactions to the command: {', '.join(comment.reactions)}")
    print(
        f"One check run for each attempt at that commit: {len(pull.checks)}. Comments: {len(pull.bot_comments)}."
    )

    _title("5. A push to the main branch, whose base image has flaws: one pull request mends every file")
    repo.commit(files={"compose.yaml": _compose(f"{base}:3.20.3")}, message="Run a proxy beside it")
    print(f"\n  Dockerfile    FROM {base}:3.20.3\n  compose.yaml  image: {base}:3.20.3")
    _wait(lambda: bool(repo.bot_pulls))
    (bump,) = repo.bot_pulls
    check = _concluded(lambda: _newest(bump))
    print(
        f"\nThe bot's pull request #{bump.number}, branch {bump.head_ref}:\n\n{bump.title}\n\n{bump.pull.body}"
    )
    for path in ("Dockerfile", "compose.yaml"):
        _, content = bump.file(path) or ("", b"")
        print(f"\nIts {path}:\n\n{_indented(content.decode())}")
    print(f"\nCheck run plimsoll on it: {check.conclusion} · {check.title}")


def _compose(image: str) -> str:
    return f"services:\n  proxy:\n    image: {image}  # as in the Dockerfile\n"


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())


def _dockerfile(base: str) -> str:
    return f'# The shop, as it is shipped.\nFROM {base}\nCOPY shop /usr/local/bin/shop\nUSER 1000\nCMD ["shop"]\n'


def _newest(pull: FakePull) -> FakeCheck | None:
    return pull.check if pull.checks else None


def _concluded(find: Callable[[], FakeCheck | None]) -> FakeCheck:
    """Wait for a check run and its conclusion."""

    def finished() -> bool:
        check = find()
        return check is not None and check.status == "completed"

    _wait(finished)
    check = find()
    if check is None:
        raise SystemExit("the check vanished")
    return check


def _wait(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not holds():
        if time.monotonic() > deadline:
            raise SystemExit("the bot did not get to it in time")
        time.sleep(0.02)


def _title(text: str) -> None:
    print(f"\n{RULE}\n{text}\n{RULE}")


def _show_check(check: FakeCheck) -> None:
    print(f"\nCheck run plimsoll: {check.conclusion} · {check.title}\n\nIts summary:\n\n{check.summary}")
    for note in check.annotations:
        lines = f"{note['path']}:{note['start_line']}"
        print(
            f"\nAnnotation on {lines} ({note['annotation_level']}): {note['title']}\n  "
            + "\n  ".join(note["message"].splitlines())
        )


def _show_comment(pull: FakePull) -> None:
    body = pull.bot_comment
    print("\nNo comment: there is nothing to say." if body is None else f"\nThe comment:\n\n{body}")
