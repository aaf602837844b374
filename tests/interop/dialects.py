"""The forms of the protocol in which batond meets others, and how both sides are configured for each."""
from dataclasses import dataclass, field

from tests.lab.batond import VIP
from tests.lab.peers import Frr, Keepalived

PASSWORD = "secret"


@dataclass(frozen=True)
class Dialect:
    """Who speaks with batond, and what: the interval in seconds, and what each side's configuration says more.

    `addresses` are the virtual ones. Every host has an address of its own that ends in its number.
    """

    name: str
    peer: type
    interval: float = 0.2
    baton: dict = field(default_factory=dict)
    peer_settings: dict = field(default_factory=dict)
    addresses: tuple = (f"{VIP}/24",)
    unicast: bool = False

    def __str__(self):
        return self.name

    @property
    def ipv6(self):
        return ":" in self.addresses[0]

    @property
    def bare_addresses(self):
        return [address.split("/")[0] for address in self.addresses]

    @property
    def address(self):
        """The one that clients ask for."""
        return self.bare_addresses[0]

    def own(self, number):
        return f"fe80::{number}" if self.ipv6 else f"10.0.1.{number}"


# Every scenario.
FULL = [
    Dialect("keepalived-v3", Keepalived),
    Dialect("frr-v3", Frr),
]

# VRRPv2 counts in whole seconds.
V2_PASS = Dialect("keepalived-v2-pass", Keepalived, 1.0, peer_settings={"version": 2, "password": PASSWORD},
                  baton={"vrrp_version": 2, "authentication": {"type": "pass", "password": PASSWORD}})

# Whoever speaks VRRP over IPv6 expects a link-local address first (RFC 9568 section 5.2.9).
IPV6 = "fe80::100/64", "2001:db8::100/64"

# A death, and the life of a pair with a clean stop.
SHORT = [
    Dialect("keepalived-v3-ipv6", Keepalived, addresses=IPV6),
    Dialect("frr-v3-ipv6", Frr, addresses=IPV6),
    Dialect("keepalived-v3-unicast", Keepalived, unicast=True),
    V2_PASS,
    Dialect("frr-v2", Frr, 1.0, baton={"vrrp_version": 2}, peer_settings={"version": 2}),
]

# That life alone: next to nothing differs from one above.
SHORTEST = [
    Dialect("keepalived-v2", Keepalived, 1.0, baton={"vrrp_version": 2}, peer_settings={"version": 2}),
]
