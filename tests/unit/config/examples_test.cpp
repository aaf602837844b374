// The examples that docs/configuration.md shows are in order, and mean what it says; the mistakes are
// mistakes.
#include "tests/unit/config/loading.h"

#include <filesystem>
#include <fstream>
#include <sstream>

namespace baton::config {
namespace {

using namespace std::chrono_literals;

std::string contents_of(const std::string& path) {
    std::ifstream file(path);
    REQUIRE(file);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

/// The example, with the shipped checks where this checkout has them.
std::string pair_example() {
    const std::string installed = "/usr/lib/baton/checks";
    auto text = contents_of("config/examples/pair.json");
    const auto at = text.find(installed);
    REQUIRE(at != std::string::npos);
    return text.replace(at, installed.size(), std::filesystem::absolute("scripts/checks").string());
}

TEST_CASE("everything at once: one error for each mistake, in the order of the file") {
    const auto loaded = load(contents_of("config/examples/mistakes.json"), "/etc/baton/baton.json");
    REQUIRE_FALSE(loaded.has_value());
    std::string text;
    for (const auto& problem : loaded.error())
        text += describe(problem) + "\n";
    // The page shows this file: docs/generate-configuration.py puts it in.
    CHECK(text == contents_of("config/examples/mistakes.txt"));
    CHECK(loaded.error().size() == 9);
}

TEST_CASE("the example of the mail pair is in order") {
    const auto config = config_of(pair_example());
    CHECK(config.node == "lb1");
    REQUIRE(config.settings.instances.size() == 1);
    const auto& instance = config.settings.instances.front();
    CHECK(instance.name == "VI_1");
    CHECK(instance.vrid == vrrp::Vrid{51});
    CHECK(instance.priority == vrrp::Priority{101});
    CHECK(instance.addresses.front().to_string() == "10.0.1.100/24");
    CHECK(instance.track.front().weight == -20);
    REQUIRE(config.checks.size() == 1);
    CHECK(std::get<scripts::Command>(config.checks.front().work).argv ==
          Lines{std::filesystem::absolute("scripts/checks/process-alive").string(), "/run/haproxy.pid"});
    CHECK(config.settings.checks.front().fall == 2);
}

TEST_CASE("the example that takes the place of one keepalived") {
    const auto instance = instance_of(contents_of("config/examples/keepalived.json"));
    CHECK(instance.version == vrrp::Version::v2);
    CHECK(instance.password == vrrp::Password{'s', 'e', 'c', 'r', 'e', 't', 0, 0});
    CHECK(instance.vrid == vrrp::Vrid{51});
    CHECK(instance.priority == vrrp::Priority{100});
    CHECK(instance.advert_interval == 1s);
    REQUIRE(instance.addresses.size() == 1);
    CHECK(instance.addresses.front().to_string() == "10.0.1.100/24");
}

TEST_CASE("the example of IPv6: two families, one VRID") {
    const auto config = config_of(contents_of("config/examples/ipv6.json"));
    REQUIRE(config.settings.instances.size() == 2);
    const auto& web4 = config.settings.instances[0];
    const auto& web6 = config.settings.instances[1];
    CHECK(web4.family() == Family::ipv4);
    CHECK(web6.family() == Family::ipv6);
    CHECK(web4.vrid == web6.vrid);
    REQUIRE(web6.addresses.size() == 2);
    CHECK(web6.addresses[0].to_string() == "fe80::100/64");
    CHECK(web6.addresses[1].to_string() == "2001:db8:0:1::100/64");
}

TEST_CASE("the example of unicast") {
    const auto config = config_of(contents_of("config/examples/unicast.json"));
    CHECK(config.settings.startup_delay == 30s);
    REQUIRE(config.settings.instances.size() == 1);
    const auto& instance = config.settings.instances.front();
    CHECK(instance.unicast.peers ==
          std::vector<IpAddress>{IpAddress::v4(10, 0, 1, 12), IpAddress::v4(10, 0, 1, 13)});
    CHECK(instance.source == IpAddress::v4(10, 0, 1, 11));
    CHECK(instance.preempt_delay == 5min);
    CHECK(instance.announce.repeats == std::vector<Duration>{100ms, 1s, 5s, 30s});
    CHECK(instance.announce.refresh == 1min);
}

TEST_CASE("the example of signed adverts") {
    const auto config = config_of(contents_of("config/examples/signed.json"));
    REQUIRE(config.signatures.size() == 1);
    CHECK(config.signatures.front().keys == "/etc/baton/keys/VI_1");
    CHECK(config.signatures.front().mode == auth::Mode::enforce);
}

TEST_CASE("the example of a router") {
    const auto config = config_of(contents_of("config/examples/router.json"));
    REQUIRE(config.settings.instances.size() == 1);
    const auto& lan = config.settings.instances.front();
    CHECK(lan.virtual_mac);
    CHECK(lan.holder == "vrrp4-51");
    CHECK(lan.addresses.size() == 1);
    CHECK(lan.excluded.size() == 3);
    REQUIRE(lan.elsewhere.size() == 2);
    CHECK(lan.elsewhere[0].interface == "eth0");
    CHECK(lan.elsewhere[1].interface == "eth1");
    CHECK(lan.routing.any);
    CHECK(lan.routing.interfaces == Lines{"eth1"});
    REQUIRE(config.host.size() == 1);
    const auto& host = config.host.front();
    CHECK_FALSE(host.accept);
    REQUIRE(host.looks.size() == 1);
    CHECK(host.looks.front().label == "eth1:nat");
    REQUIRE(host.routes.size() == 3);
    CHECK(host.routes[1].route.type == netlink::RouteType::unreachable);
    CHECK(host.routes[2].route.table == 100);
    REQUIRE(host.rules.size() == 1);
    CHECK(host.rules.front().mark == netlink::FirewallMark{1, 0xff});
}

TEST_CASE("the example of checks") {
    const auto config = config_of(contents_of("config/examples/checks.json"));
    Lines types;
    for (const auto& check : config.checks)
        types.push_back(type_of(check));
    CHECK(types == Lines{"ping", "dns", "process", "file", "systemd"});
    CHECK(config.settings.instances.front().track.size() == 5);
}

TEST_CASE("the example of hooks") {
    auto text = contents_of("config/examples/hooks.json");
    const std::string shipped = "/usr/lib/baton/hooks/service-migrate"; // not installed here
    for (auto at = text.find(shipped); at != std::string::npos; at = text.find(shipped))
        text.replace(at, shipped.size(), "/bin/echo");
    const auto config = config_of(text);
    const auto& hooks = config.host.at(0).hooks;
    CHECK(hooks.gate_failure == scripts::GateFailure::backup);
    REQUIRE(hooks.find(scripts::HookEvent::fault) != nullptr);
    REQUIRE(hooks.find(scripts::HookEvent::fault)->size() == 2);
    const auto& told = hooks.find(scripts::HookEvent::fault)->at(1);
    CHECK(told.command.argv == Lines{"/bin/sh", "-c", "echo \"$BATON_INSTANCE: $BATON_REASON\""});
    CHECK(told.command.identity.has_value());
    CHECK(config.host.at(1).hooks.events.empty());
    REQUIRE(config.group_hooks.size() == 1);
    REQUIRE(config.group_hooks[0].find(scripts::HookEvent::active) != nullptr);
    CHECK(config.notify_fifo == "/run/baton/notify.fifo");
}

TEST_CASE("there is no example that nobody tests") {
    Lines names;
    for (const auto& entry : std::filesystem::directory_iterator("config/examples"))
        names.push_back(entry.path().filename());
    std::sort(names.begin(), names.end());
    CHECK(names == Lines{"checks.json", "hooks.json", "ipv6.json", "keepalived.json", "mistakes.json",
                         "mistakes.txt", "pair.json", "router.json", "signed.json", "unicast.json"});
}

} // namespace
} // namespace baton::config
