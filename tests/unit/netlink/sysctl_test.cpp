// How settings of an interface are named.
#include "netlink/sysctl.h"

#include <doctest/doctest.h>

using namespace baton;
using namespace baton::netlink;

TEST_CASE("a setting is named as sysctl(8) takes it, with slashes for an interface's dots") {
    CHECK(sysctl_name(Family::ipv6, "eth0", "disable_ipv6") == "net.ipv6.conf.eth0.disable_ipv6");
    CHECK(sysctl_name(Family::ipv4, "eth0.100", "arp_ignore") == "net.ipv4.conf.eth0/100.arp_ignore");
}
