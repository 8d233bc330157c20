"""Which hosts may be contacted: public addresses, plus the ones the operator allows.

The address blocks are those of https://www.iana.org/assignments/iana-ipv4-special-registry and its IPv6
sibling. Names are judged by their addresses, in `transport`, at the moment of connecting.
"""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

import httpx

_NOT_PUBLIC_V4 = tuple(
    IPv4Network(block)
    for block in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        # The address of a cloud platform's own agent: public by number, local by nature.
        "168.63.129.16/32",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
# Everything outside global unicast is refused, which covers mapped (::ffff:0:0/96), NAT64 (64:ff9b::/32),
# unique local, link-local and multicast addresses.
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_NOT_PUBLIC_V6 = tuple(
    IPv6Network(block)
    for block in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")  # Teredo is in the first
)


class Refused(httpx.TransportError):
    """The guard does not let a request out."""

    def __init__(self, message: str, *, transient: bool = False) -> None:
        super().__init__(message)
        #: A name may have other addresses in a moment; anything else stays refused.
        self.transient = transient


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Say whether an address belongs to the public internet and to nothing nearer."""
    if isinstance(address, IPv4Address):
        return not any(address in block for block in _NOT_PUBLIC_V4)
    if address.scope_id is not None or address not in _GLOBAL_UNICAST:
        return False
    return not any(address in block for block in _NOT_PUBLIC_V6)


def host_of(url: httpx.URL) -> str:
    """Return the host in ASCII and at a length fit for a message; no name is longer than 253 characters."""
    host = url.raw_host.decode("ascii", "replace")
    if len(host) > 253:
        raise Refused("a host name of more than 253 characters is refused")
    return host


def authority(host: str, port: int) -> str:
    """Return `host:port` as the operator writes it: lower case, IPv6 in brackets."""
    host = host.lower()
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


@dataclass(frozen=True, slots=True)
class GuardPolicy:
    """What the operator allows beyond https to public addresses.

    Entries are `host` or `host:port`, in lower case.
    """

    private_hosts: frozenset[str] = frozenset()
    """May have addresses that are not public."""
    plain_http_hosts: frozenset[str] = frozenset()
    """May be spoken to without TLS."""
    proxy: str | None = None
    """The operator's egress proxy. It resolves names and connects, so checking addresses falls to it."""

    @classmethod
    def allowing(cls, *hosts: str) -> "GuardPolicy":
        """Allow hosts both private addresses and plain http, as a registry on loopback needs."""
        return cls(private_hosts=frozenset(hosts), plain_http_hosts=frozenset(hosts))

    def allows_private(self, host: str, port: int) -> bool:
        """Say whether the operator lets this host have an address that is not public."""
        return _listed(self.private_hosts, host, port)

    def allows_plain_http(self, host: str, port: int) -> bool:
        """Say whether the operator lets this host be spoken to without TLS."""
        return _listed(self.plain_http_hosts, host, port)

    def check(self, url: httpx.URL) -> None:
        """Raise Refused for a URL that must not be asked, before any name is resolved."""
        if url.userinfo:
            raise Refused(f"{url.host} is addressed with credentials in the URL, which is refused")
        if url.scheme == "http":
            if not self.allows_plain_http(url.host, url.port or 80):
                raise Refused(
                    f"{url.host} is addressed without TLS; "
                    "the operator has to allow plain http to it (PLIMSOLL_INSECURE_HOSTS)"
                )
        elif url.scheme != "https":
            raise Refused(f"the scheme {url.scheme[:20]!r} is refused")
        self._check_literal(url)

    def check_addresses(self, host: str, port: int, addresses: tuple[IPv4Address | IPv6Address, ...]) -> None:
        """Raise Refused unless all addresses of a name are public, or the operator allows the host."""
        if self.allows_private(host, port):
            return
        if not addresses or not all(is_public(address) for address in addresses):
            is_name = parse_address(host) is None
            # One answer, after as many tries, for a name server that is silent, "no such name" and "a private
            # one": a pull request must not map the network.
            what = (
                "does not resolve, or not to public addresses only; check the name, or"
                if is_name
                else ("is not a public address;")
            )
            raise Refused(
                f"{host} {what} the operator may allow the host (PLIMSOLL_PRIVATE_HOSTS)", transient=is_name
            )

    def _check_literal(self, url: httpx.URL) -> None:
        port = url.port or (80 if url.scheme == "http" else 443)
        literal = parse_address(host_of(url))
        if literal is not None:
            self.check_addresses(host_of(url), port, (literal,))


def parse_address(text: str) -> IPv4Address | IPv6Address | None:
    """Read an address literal; None for anything else, such as a name."""
    for kind in (IPv4Address, IPv6Address):
        try:
            return kind(text)
        except ValueError:
            continue
    return None


def _listed(hosts: frozenset[str], host: str, port: int) -> bool:
    full = authority(host, port)
    return full in hosts or full.rpartition(":")[0] in hosts
