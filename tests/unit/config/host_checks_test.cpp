// Checks by one datagram and checks of the host itself: what each kind may hold, and what makes no sense.
#include "tests/unit/config/loading.h"

namespace baton::config {
namespace {

using health::DnsType;

std::string holding(const std::string& check) {
    return R"({"node": "lb1", "checks": {"c": )" + check +
           R"(}, "instances": {"A": {"interface": "eth0", "vrid": 1, "addresses": ["10.0.1.100/24"]}}})";
}

template <class Check>
Check read(const std::string& check) {
    const auto config = config_of(holding(check));
    REQUIRE(config.checks.size() == 1);
    return std::get<Check>(config.checks.front().work);
}

/// Without the place that all have in common.
Lines refused(const std::string& check, const std::optional<Host>& host = {}) {
    const auto loaded = load(holding(check), "f", host);
    Lines lines;
    if (!loaded)
        for (const auto& problem : loaded.error())
            lines.push_back(problem.pointer.substr(std::string("/checks/c").size()) + ": " + problem.message);
    return lines;
}

TEST_CASE("ping: an address, and how to get there") {
    CHECK(read<health::PingCheck>(R"({"type": "ping", "address": "10.0.1.1"})") ==
          health::PingCheck{.address = IpAddress::v4(10, 0, 1, 1)});
    CHECK(
        read<health::PingCheck>(
            R"({"type": "ping", "address": "fe80::1", "source_address": "fe80::2", "interface": "eth0"})") ==
        health::PingCheck{*IpAddress::parse("fe80::1"), *IpAddress::parse("fe80::2"), "eth0"});
    CHECK(refused(R"({"type": "ping"})") == Lines{": \"address\" is missing; it must be a string"});
    CHECK(refused(R"({"type": "ping", "address": "2001:db8::1", "source_address": "fe80::2"})") ==
          Lines{"/source_address: a link-local address needs \"interface\" beside it: it is another one on "
                "each"});
    CHECK(refused(R"({"type": "ping", "address": "fe80::1"})") ==
          Lines{"/address: a link-local address needs \"interface\" beside it: it is another one on each"});
    CHECK(refused(R"({"type": "ping", "address": "10.0.1.1", "source_address": "fd00::2"})") ==
          Lines{"/source_address: must be of the family of \"address\", IPv4"});
    CHECK(refused(R"({"type": "ping", "address": "10.0.1.1", "port": 7})").size() == 1);
}

TEST_CASE("no name is ever looked up, and a peer may be this host itself, but not a group") {
    for (const std::string type : {R"("ping")", R"("dns", "name": "a")", R"("tcp", "port": 1)"}) {
        CAPTURE(type);
        const auto at = [&](const std::string& address) {
            return refused(R"({"type": )" + type + R"(, "address": ")" + address + R"("})");
        };
        CHECK(at("127.0.0.53") == Lines{});
        CHECK(at("::1") == Lines{});
        CHECK(at("ns1.example.org") ==
              Lines{"/address: must be an IP address without a prefix length, such as "
                    "\"10.0.1.12\" or \"fe80::12\", not \"ns1.example.org\""});
        for (const auto* nobody : {"0.0.0.0", "255.255.255.255", "224.0.0.18", "ff02::1", "::"})
            CHECK(at(nobody).size() == 1);
    }
}

TEST_CASE("DNS: what is asked for, and what must be among the answers") {
    CHECK(read<health::DnsCheck>(R"({"type": "dns", "address": "10.0.1.53", "name": "mail.example.org"})") ==
          health::DnsCheck{.server = IpAddress::v4(10, 0, 1, 53), .question = {.name = "mail.example.org"}});
    const auto all = read<health::DnsCheck>(
        R"({"type": "dns", "address": "fe80::53", "port": 5353, "source_address": "fe80::2", "interface": "eth0",
            "name": "_mta.example.org.", "record": "MX", "expect": "mail1.example.org"})");
    CHECK(all == health::DnsCheck{*IpAddress::parse("fe80::53"),
                                  5353,
                                  *IpAddress::parse("fe80::2"),
                                  "eth0",
                                  {"_mta.example.org.", DnsType::mx, "mail1.example.org"}});
    const auto asking = [](const std::string& keys) {
        return refused(R"({"type": "dns", "address": "10.0.1.53", )" + keys + "}");
    };
    CHECK(asking(R"("name": "a", "record": "AAAA", "expect": "fd00::10")") == Lines{});
    CHECK(asking(R"("record": "A")").size() == 1);
    CHECK(asking(R"("name": "a", "record": "TXT")").size() == 1);
    for (const std::string name : {"", ".", "a..b", "a b", "b\\u0000"})
        CHECK(asking(R"("name": ")" + name + R"(")").size() == 1);
    CHECK(asking(R"("name": ")" + std::string(64, 'x') + R"(")").size() == 1);
    CHECK(asking(R"("name": ")" + std::string(63, 'x') + R"(")") == Lines{});
    CHECK(asking(R"("name": "a", "expect": "fd00::10")") ==
          Lines{"/expect: must be an IPv4 address, which is what A records hold, not \"fd00::10\""});
    CHECK(asking(R"("name": "a", "record": "AAAA", "expect": "10.0.1.10")") ==
          Lines{"/expect: must be an IPv6 address, which is what AAAA records hold, not \"10.0.1.10\""});
    CHECK(
        asking(R"("name": "a", "record": "MX", "expect": "10.0.1.10")") ==
        Lines{
            "/expect: must be the name of a mail server, which is what MX records hold, not \"10.0.1.10\""});
    CHECK(asking(R"("name": "a", "record": "MX", "expect": ".")").size() == 1);
}

TEST_CASE("the interface of a check must be there") {
    const Host host{.interfaces = {"eth0", "lo"}};
    CHECK(refused(R"({"type": "ping", "address": "fe80::1", "interface": "eth0"})", host) == Lines{});
    CHECK(refused(R"({"type": "ping", "address": "fe80::1", "interface": "eht0"})", host) ==
          Lines{"/interface: there is no interface \"eht0\" on this host"});
    CHECK(refused(R"({"type": "dns", "name": "a", "address": "10.0.1.53", "interface": "eht0"})", host)
              .size() == 1);
    for (const std::string kind : {R"("type": "smtp")", R"("type": "tcp", "port": 1)", R"("type": "http")"}) {
        const auto by = [&](const std::string& way) { return refused("{" + kind + way + "}", host); };
        CHECK(by(R"(, "address": "fe80::1", "interface": "eth0")") == Lines{});
        CHECK(by(R"(, "address": "10.0.1.10", "interface": "eht0")") ==
              Lines{"/interface: there is no interface \"eht0\" on this host"});
        CHECK(
            by(R"(, "address": "fe80::1")") ==
            Lines{"/address: a link-local address needs \"interface\" beside it: it is another one on each"});
    }
}

TEST_CASE("a process: by its pid file, its cgroup or its name") {
    CHECK(read<health::ProcessCheck>(R"({"type": "process", "pid_file": "/run/haproxy.pid"})") ==
          health::ProcessCheck{.pid_file = "/run/haproxy.pid"});
    CHECK(read<health::ProcessCheck>(R"({"type": "process", "name": "haproxy"})") ==
          health::ProcessCheck{.name = "haproxy"});
    CHECK(read<health::ProcessCheck>(
              R"({"type": "process", "cgroup": "system.slice/postfix.service", "name": "master"})") ==
          health::ProcessCheck{.cgroup = "system.slice/postfix.service", .name = "master"});
    CHECK(refused(R"({"type": "process", "pid_file": "/run/haproxy.pid", "name": "haproxy"})") == Lines{});
    CHECK(refused(R"({"type": "process"})") ==
          Lines{": which process? One of \"pid_file\", \"cgroup\" and \"name\" is missing"});
    CHECK(refused(R"({"type": "process", "pid_file": "/run/haproxy.pid", "cgroup": "system.slice"})") ==
          Lines{"/cgroup: a process is found by \"pid_file\" or by \"cgroup\"; leave one of them out"});
    CHECK(refused(R"({"type": "process", "cgroup": "/system.slice/postfix.service"})") ==
          Lines{"/cgroup: a cgroup below /sys/fs/cgroup is written without the first \"/\": "
                "\"system.slice/postfix.service\""});
    CHECK(refused(R"({"type": "process", "cgroup": "/host/sys/fs/cgroup/system.slice/a.service"})") ==
          Lines{});
    CHECK(refused(R"({"type": "process", "pid_file": "haproxy.pid"})").size() == 1);
    CHECK(refused(R"({"type": "process", "name": "/usr/sbin/haproxy"})") ==
          Lines{"/name: must be the name of a process: of its program's file, without the directory, not "
                "\"/usr/sbin/haproxy\""});
    CHECK(refused(R"({"type": "process", "name": ""})").size() == 1);
}

TEST_CASE("a file, and a unit of systemd") {
    CHECK(read<health::FileCheck>(R"({"type": "file", "path": "/run/lb/state"})") ==
          health::FileCheck{"/run/lb/state"});
    CHECK(refused(R"({"type": "file", "path": "state"})").size() == 1);
    CHECK(refused(R"({"type": "file"})").size() == 1);

    CHECK(read<health::SystemdCheck>(R"({"type": "systemd", "unit": "postfix@-.service"})") ==
          health::SystemdCheck{.unit = "postfix@-.service"});
    CHECK(read<health::SystemdCheck>(
              R"({"type": "systemd", "unit": "srv-my\\x2dmail.mount", "bus": "/run/a b;c"})") ==
          health::SystemdCheck{"srv-my\\x2dmail.mount", "unix:path=/run/a%20b%3bc"});
    for (const std::string unit : {"postfix", "postfix.sevice", "", "post fix.service", ".service"})
        CHECK(refused(R"({"type": "systemd", "unit": ")" + unit + R"("})") ==
              Lines{"/unit: must be the whole name of a unit, such as \"haproxy.service\", not \"" + unit +
                    "\""});
    CHECK(refused(R"({"type": "systemd", "unit": "a.service", "bus": "/)" + std::string(107, 'x') +
                  R"("})") == Lines{"/bus: a socket's path has at most 107 octets, and this has 108"});
}

} // namespace
} // namespace baton::config
