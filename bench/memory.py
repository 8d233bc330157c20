"""Memory of `plimsoll serve`: idle, and after 200 reviews.

python -m bench.memory [REVIEWS]
"""

import sys

from bench.stand import base_image, machine, stand, two_stages


def main(reviews: int = 200) -> None:
    """Review many changes of a Dockerfile, one pull request each, each with an image of its own."""
    print(machine())
    with stand() as here:
        print("idle: {:.0f} MB now, {:.0f} MB at most".format(*here.memory()))
        good = base_image(here.registry, "good")
        repo = here.github.repo(files={"Dockerfile": two_stages(good, good)})
        for number in range(reviews):
            bad = base_image(here.registry, f"bad-{number}", zlib=f"1.2.{number}-r0")
            here.concluded(repo.open_pull({"Dockerfile": two_stages(good, bad)}))
        here.idle()
        print(f"after {reviews} reviews: " + "{:.0f} MB now, {:.0f} MB at most".format(*here.memory()))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
