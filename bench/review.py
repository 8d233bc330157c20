"""From a pull request's webhook to its concluded check: one that touches only a README, and a warm review.

python -m bench.review [ROUNDS]

Without GitHub's own time: that of the stand-in is measured and taken off.
"""

import sys
from dataclasses import dataclass
from statistics import median

from bench.stand import Stand, base_image, machine, stand, two_stages
from tests.fakes.github.pull_verbs import FakePull
from tests.fakes.github.repo_verbs import FakeRepo


@dataclass(frozen=True)
class Measured:
    """One review: seconds in all, seconds without GitHub, requests to GitHub."""

    whole: float
    own: float
    requests: int


def main(rounds: int = 25) -> None:
    """Measure both, and print medians and the worst."""
    print(machine())
    with stand() as here:
        good, bad = base_image(here.registry, "good"), base_image(here.registry, "bad", zlib="1.3.0-r0")
        files = {"README.md": "# Shop\n", "Dockerfile": two_stages(good, good)}
        repo = here.github.repo(files=files)
        measure(here, repo, {"Dockerfile": two_stages(good, bad)}, 0)
        for title, changed in (
            ("README only", {"README.md": "# The shop\n"}),
            ("warm review, two stages", {"Dockerfile": two_stages(good, bad)}),
        ):
            show(title, [measure(here, repo, changed, number) for number in range(1, rounds + 1)])


def measure(here: Stand, repo: FakeRepo, files: dict[str, str], number: int) -> Measured:
    """Open one pull request and wait for its check and for the end of its job."""
    spent, asked = here.time.spent, len(here.github.requests)
    pull: FakePull = repo.open_pull({path: f"{text}# {number}\n" for path, text in files.items()})
    whole = here.concluded(pull)
    concluding = here.time.spent - spent
    here.idle()
    return Measured(whole, whole - concluding, len(here.github.requests) - asked)


def show(title: str, measured: list[Measured]) -> None:
    """Print one row."""
    own = sorted(each.own for each in measured)
    print(
        f"{title}: own time {median(own) * 1000:.0f} ms (worst {own[-1] * 1000:.0f} ms), "
        f"with the stand-in for GitHub {median(each.whole for each in measured) * 1000:.0f} ms, "
        f"{median(each.requests for each in measured):.0f} requests to GitHub, "
        f"{len(measured)} rounds"
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
