"""The OSV ecosystem of real releases, by the lines of their os-release files."""

import pytest

from bot.advisory.ecosystem import distribution
from bot.engine.ecosystem import ecosystem
from bot.engine.os_release import parse_os_release
from bot.package.versions import ORDERINGS

REAL = [
    ('ID="almalinux"|VERSION_ID="9.4"|PRETTY_NAME="AlmaLinux 9.4 (Seafoam Ocelot)"', "AlmaLinux:9"),
    ('ID="almalinux"|VERSION_ID="10.0"|PRETTY_NAME="AlmaLinux 10.0 (Purple Lion)"', "AlmaLinux:10"),
    ('ID="rocky"|VERSION_ID="8.10"|PRETTY_NAME="Rocky Linux 8.10 (Green Obsidian)"', "Rocky Linux:8"),
    (
        'ID="rhel"|VERSION_ID="9.4"|PRETTY_NAME="Red Hat Enterprise Linux 9.4 (Plow)"',
        "Red Hat:enterprise_linux:9",
    ),
    (
        'ID="rhel"|VERSION_ID="8.10"|PRETTY_NAME="Red Hat Enterprise Linux 8.10 (Ootpa)"',
        "Red Hat:enterprise_linux:8",
    ),
    (
        'ID="sles"|VERSION_ID="15.6"|PRETTY_NAME="SUSE Linux Enterprise Server 15 SP6"',
        "SUSE:Linux Enterprise Server 15 SP6",
    ),
    (
        'ID="sles"|VERSION_ID="15"|PRETTY_NAME="SUSE Linux Enterprise Server 15"',
        "SUSE:Linux Enterprise Server 15",
    ),
    (
        'ID="sles"|VERSION_ID="12.5"|PRETTY_NAME="SUSE Linux Enterprise Server 12 SP5"',
        "SUSE:Linux Enterprise Server 12 SP5",
    ),
    (
        'ID="sles"|VERSION_ID="16.0"|PRETTY_NAME="SUSE Linux Enterprise Server 16.0"',
        "SUSE:Linux Enterprise Server 16.0",
    ),
    (
        'ID="sle-micro"|VERSION_ID="5.5"|PRETTY_NAME="SUSE Linux Enterprise Micro 5.5"',
        "SUSE:Linux Enterprise Micro 5.5",
    ),
    ('ID="sl-micro"|VERSION_ID="6.0"|PRETTY_NAME="SUSE Linux Micro 6.0"', "SUSE:Linux Micro 6.0"),
    ('ID="opensuse-leap"|VERSION_ID="15.6"|PRETTY_NAME="openSUSE Leap 15.6"', "openSUSE:Leap 15.6"),
    (
        'ID="opensuse-tumbleweed"|PRETTY_NAME="openSUSE Tumbleweed"|VERSION_ID="20240610"',
        "openSUSE:Tumbleweed",
    ),
    ('ID=opensuse|VERSION_ID="42.3"|PRETTY_NAME="openSUSE Leap 42.3"', "openSUSE:Leap 42.3"),
    ('ID=azurelinux|VERSION_ID="3.0"|PRETTY_NAME="Microsoft Azure Linux 3.0"', "Azure Linux:3"),
    ('ID=mariner|VERSION_ID="2.0"|PRETTY_NAME="CBL-Mariner/Linux"', "Azure Linux:2"),
    ('ID=photon|VERSION_ID=5.0|PRETTY_NAME="VMware Photon OS/Linux"', "Photon OS:5.0"),
    ('ID="openEuler"|VERSION_ID="22.03"|PRETTY_NAME="openEuler 22.03 (LTS-SP3)"', "openEuler:22.03-LTS-SP3"),
    ('ID="openEuler"|VERSION_ID="24.03"|PRETTY_NAME="openEuler 24.03 (LTS)"', "openEuler:24.03-LTS"),
    ('ID="openEuler"|VERSION_ID="23.09"|PRETTY_NAME="openEuler 23.09"', ""),
    ('ID=mageia|VERSION_ID=9|PRETTY_NAME="Mageia 9"', "Mageia:9"),
    ('ID=alpaquita|VERSION_ID=23|PRETTY_NAME="BellSoft Alpaquita Linux 23 LTS"', "Alpaquita:23"),
    ('ID=alpaquita|VERSION_ID=stream|PRETTY_NAME="BellSoft Alpaquita Linux Stream"', "Alpaquita:stream"),
    ('ID=wolfi|VERSION_ID="20230201"|PRETTY_NAME="Wolfi"', "Wolfi"),
    ('ID=chainguard|VERSION_ID="20230214"|PRETTY_NAME="Chainguard"', "Chainguard"),
    ('ID=minimos|VERSION_ID="20241031"|PRETTY_NAME="MinimOS"', "MinimOS"),
    ('ID=echo|VERSION_ID="1"|PRETTY_NAME="Echo Linux"', "Echo"),
    ('ID=debian|VERSION_ID="12"|PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"', "Debian:12"),
    ('ID=debian|PRETTY_NAME="Distroless"|VERSION_ID="12"', "Debian:12"),
    ('ID=ubuntu|VERSION_ID="24.04"|PRETTY_NAME="Ubuntu 24.04.1 LTS"|ID_LIKE=debian', "Ubuntu:24.04"),
    ('ID=alpine|VERSION_ID=3.20.3|PRETTY_NAME="Alpine Linux v3.20"', "Alpine:v3.20"),
    # Nobody publishes OSV records for these.
    ('ID="amzn"|VERSION_ID="2023"|ID_LIKE="fedora"|PRETTY_NAME="Amazon Linux 2023"', ""),
    ('ID="ol"|VERSION_ID="9.4"|ID_LIKE="fedora"|PRETTY_NAME="Oracle Linux Server 9.4"', ""),
    ('ID="centos"|VERSION_ID="9"|ID_LIKE="rhel fedora"|PRETTY_NAME="CentOS Stream 9"', ""),
    ('ID=fedora|VERSION_ID=40|PRETTY_NAME="Fedora Linux 40 (Container Image)"', ""),
    # Not what a release of theirs says.
    ('ID="rhel"|VERSION_ID="9:evil"', ""),
    ('ID="sles"|VERSION_ID="fifteen"', ""),
    ('ID="opensuse-leap"|VERSION_ID="15"', ""),
    ("ID=photon", ""),
]


@pytest.mark.parametrize(("lines", "expected"), REAL)
def test_real_releases(lines: str, expected: str) -> None:
    found = ecosystem(parse_os_release(lines.replace("|", "\n").encode()))
    assert found == expected
    assert not found or distribution(found) in ORDERINGS
