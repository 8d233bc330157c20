"""Support dates as of August 2026, of the lines that were released or supported since 2014 (a few products: 2020).

Public facts, as collected by https://endoflife.date (MIT) and, for Debian, distro-info-data; Azure Linux by Microsoft's
own announcements. Which of several last days counts is said in `lifecycle`.
"""

from datetime import date

from bot.image.lifecycle.table.applications import APPLICATIONS
from bot.image.lifecycle.table.databases import DATABASES
from bot.image.lifecycle.table.distributions import DISTRIBUTIONS
from bot.image.lifecycle.table.java import JAVA
from bot.image.lifecycle.table.row import Row
from bot.image.lifecycle.table.runtimes import RUNTIMES
from bot.image.lifecycle.table.servers import SERVERS

AS_OF = date(2026, 8, 22)
TABLE: dict[str, tuple[Row, ...]] = {
    **DISTRIBUTIONS,
    **RUNTIMES,
    **JAVA,
    **DATABASES,
    **SERVERS,
    **APPLICATIONS,
}
