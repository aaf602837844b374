// From text to Config: defaults, every value, files, large files.
#include "tests/unit/config/loading.h"
#include "tests/unit/scratch.h"

#include <filesystem>
#include <fstream>
#include <limits.h>
#include <unistd.h>

namespace baton::config {
namespace {

using namespace std::chrono_literals;

/// The one error of a file that cannot be used.
std::string reason(const std::string& path) {
    const auto loaded = load_file(path);
    REQUIRE_FALSE(loaded.has_value());
    REQUIRE(loaded.error().size() == 1);
    return describe(loaded.error().front());
}

const scripts::Command& command_of(const Config& config, std::size_t check) {
    return std::get<scripts::Command>(config.checks.at(check).work);
}

TEST_CASE("the least an instance needs, and all defaults") {
    const auto config = config_of(with_instance(""));
    std::array<char, HOST_NAME_MAX + 1> host{};
    REQUIRE(gethostname(host.data(), host.size()) == 0);
    CHECK(config.node == host.data());
    CHECK(config.settings.checks.empty());
    CHECK(config.checks.empty());
    REQUIRE(config.settings.instances.size() == 1);
    const auto& instance = config.settings.instances.front();
    CHECK(instance.name == "A");
    CHECK(instance.interface == "eth0");
    CHECK(instance.vrid == vrrp::Vrid{1});
    CHECK(instance.priority == vrrp::Priority{100});
    CHECK(instance.advert_interval == 1s);
    CHECK(instance.preempt);
    CHECK(instance.checksum == vrrp::ChecksumMode::automatic);
    REQUIRE(instance.addresses.size() == 1);
    CHECK(instance.addresses.front().to_string() == "10.0.1.100/24");
    CHECK(instance.track.empty());
}

/// Everything that has a default; what `instance` must say for itself is left out.
void check_defaults(const vrrp::InstanceSettings& instance) {
    const vrrp::InstanceSettings standard;
    CHECK(instance.priority == standard.priority);
    CHECK(instance.advert_interval == standard.advert_interval);
    CHECK(instance.preempt == standard.preempt);
    CHECK(instance.preempt_delay == standard.preempt_delay);
    CHECK(instance.checksum == standard.checksum);
    CHECK(instance.version == standard.version);
    CHECK(instance.password == standard.password);
    CHECK(instance.group == standard.group);
    CHECK(instance.source == standard.source);
    CHECK(instance.unicast.peers == standard.unicast.peers);
    CHECK(instance.unicast.check_source == standard.unicast.check_source);
    CHECK(instance.unicast.hop_limit == standard.unicast.hop_limit);
    CHECK(instance.unicast.minimum_hop_limit == standard.unicast.minimum_hop_limit);
    CHECK(instance.require_link_local_first == standard.require_link_local_first);
    CHECK(instance.answer_lower_priority == standard.answer_lower_priority);
    CHECK(instance.prompt_takeover == standard.prompt_takeover);
    CHECK(instance.address_list == standard.address_list);
    CHECK(instance.excluded == standard.excluded);
    CHECK(instance.elsewhere.empty());
    CHECK(instance.routing.any == standard.routing.any);
    CHECK(instance.announce.repeats == standard.announce.repeats);
    CHECK(instance.announce.refresh == standard.announce.refresh);
    CHECK(instance.announce.form == standard.announce.form);
}

TEST_CASE("the defaults of the schema are those of the values") {
    check_defaults(instance_of(with_instance("")));
    check_defaults(instance_of(with_ipv6_instance("")));
    check_defaults(instance_of(with_instance(R"("announce": {}, )")));
    const auto config = config_of(with_check(""));
    CHECK(config.settings.startup_delay == vrrp::Settings{}.startup_delay);
    REQUIRE(config.host.size() == 1);
    CHECK(config.host.front().accept == HostSettings{}.accept);
    REQUIRE(config.checks.size() == 1);
    CHECK(config.checks.front().rhythm.interval == health::Rhythm{}.interval);
    CHECK(command_of(config, 0).timeout == scripts::Command{}.timeout);
    CHECK(config.settings.checks.front().rise == vrrp::CheckSettings{}.rise);
    CHECK(config.settings.checks.front().fall == vrrp::CheckSettings{}.fall);
}

TEST_CASE("every value arrives, in the order of the file") {
    const auto config = config_of(R"({
        "$schema": "anything", "node": "lb1",
        "checks": {
            "z": {"type": "script", "run": ["/bin/sh", "-c", "exit 0", ""], "interval": "1.5s", "timeout": "1.2s",
                  "rise": 2, "fall": 100},
            "a": {"type": "script", "run": "exit 1"}
        },
        "instances": {
            "two": {"interface": "br-lan.7", "vrid": 255, "priority": 255, "advert_interval": "10ms",
                    "preempt": false, "checksum": "rfc9568", "addresses": ["192.0.2.1", "192.0.2.2/31"],
                    "track": [{"check": "a"}, {"interface": "eth1", "weight": 0}]},
            "one": {"interface": "eth0", "vrid": 255, "advert_interval": "40950ms", "checksum": "rfc5798",
                    "addresses": ["10.0.1.100/24"],
                    "track": [{"interface": "a", "weight": -253}, {"check": "a", "weight": 253}]}
        }})");
    CHECK(config.node == "lb1");
    REQUIRE(config.settings.checks.size() == 2);
    CHECK(config.settings.checks[0].name == "z");
    CHECK(config.settings.checks[0].rise == 2);
    CHECK(config.settings.checks[0].fall == 100);
    CHECK(config.settings.checks[1].name == "a");
    REQUIRE(config.checks.size() == 2);
    CHECK(command_of(config, 0).argv == Lines{"/bin/sh", "-c", "exit 0", ""});
    CHECK(command_of(config, 0).timeout == 1200ms);
    CHECK(config.checks[0].rhythm.interval == 1500ms);
    CHECK(command_of(config, 1).argv == Lines{"/bin/sh", "-c", "exit 1"});

    REQUIRE(config.settings.instances.size() == 2);
    const auto& two = config.settings.instances[0];
    CHECK(two.name == "two");
    CHECK(two.interface == "br-lan.7");
    CHECK(two.vrid == vrrp::Vrid{255});
    CHECK(two.priority == vrrp::owner);
    CHECK(two.advert_interval == 10ms);
    CHECK_FALSE(two.preempt);
    CHECK(two.checksum == vrrp::ChecksumMode::rfc9568);
    REQUIRE(two.addresses.size() == 2);
    CHECK(two.addresses[0].to_string() == "192.0.2.1/32");
    CHECK(two.addresses[1].to_string() == "192.0.2.2/31");
    REQUIRE(two.track.size() == 2);
    CHECK(two.track[0].kind == vrrp::TrackSettings::Kind::check);
    CHECK(two.track[0].name == "a");
    CHECK(two.track[0].weight == 0);
    CHECK(two.track[1].kind == vrrp::TrackSettings::Kind::interface);
    CHECK(two.track[1].name == "eth1");
    const auto& one = config.settings.instances[1];
    CHECK(one.advert_interval == 40950ms);
    CHECK(one.checksum == vrrp::ChecksumMode::rfc5798);
    CHECK(one.track[0].weight == -253);
    CHECK(one.track[1].weight == 253);
}

TEST_CASE("a refused value causes no further errors") {
    CHECK(errors_of(R"({"checks": {"c": 5}, "instances": {
"A": {"interface": 1, "vrid": 0, "priority": 255.5, "addresses": ["x", 5], "track": [{"check": "c", "weight": 7}]},
"B": {"interface": 2, "vrid": 0, "addresses": 5, "track": [7, 7]}}})")
              .size() == 11);
}

TEST_CASE("interfaces the host does not have are named together with all else, each with the likely word") {
    const auto loaded =
        load("{\"instances\": {\n \"A\": {\"interface\": \"eht0\", \"vrid\": 300,\n  \"addresses\": "
             "[\"10.0.1.100/24\"],\n  \"track\": [{\"interface\": \"eth1\"}, {\"interface\": \"eth7\"}]}}}",
             "f", Host{{"eth0", "eth1", "lo"}});
    REQUIRE(loaded.has_error());
    REQUIRE(loaded.error().size() == 3);
    CHECK(
        describe(loaded.error()[0]) ==
        "f:2:21: /instances/A/interface: there is no interface \"eht0\" on this host; did you mean \"eth0\"? "
        "(allowed: eth0, eth1, lo)");
    CHECK(loaded.error()[1].pointer == "/instances/A/vrid");
    CHECK(loaded.error()[2].pointer == "/instances/A/track/1/interface");
}

TEST_CASE("interfaces the host has are no error") {
    CHECK(load("{\"instances\": {\"A\": {\"interface\": \"eth0\", \"vrid\": 1, \"addresses\": "
               "[\"10.0.1.100/24\"]}}}",
               "f", Host{{"eth0", "lo"}})
              .has_value());
}

TEST_CASE("control characters of the file do not reach the terminal") {
    CHECK(errors_of("{\"instances\": {}, \"\\u001b[31m\\u007f\": 1}").back() ==
          "f:1:19: /\\u001b[31m\\u007f: unknown key \"\\u001b[31m\\u007f\" (allowed: $schema, node, "
          "startup_delay, state_dir, announce_rate, checks, instances, sync_groups, notify_fifo)");
}

TEST_CASE("a file that cannot be read is one error that says why") {
    CHECK(reason("/nonexistent/baton.json") ==
          "/nonexistent/baton.json: cannot be read: No such file or directory");
    CHECK(reason("/") == "/: is a directory; name the configuration file in it");
}

TEST_CASE("what is not a regular file is refused, and not waited for") {
    const baton::testing::Scratch scratch;
    const std::string refused = ": is not a regular file; write the configuration to a file and name that";
    const auto fifo = scratch.path("fifo");
    REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
    for (const auto& path : {fifo, std::string("/dev/zero"), std::string("/dev/null")})
        CHECK(reason(path) == path + refused);
    std::filesystem::create_symlink(fifo, scratch.path("link"));
    CHECK(reason(scratch.path("link")) == scratch.path("link") + refused);
}

TEST_CASE("a link to a file is as good as the file; an empty and a huge file are told") {
    const baton::testing::Scratch scratch;
    std::ofstream(scratch.path("good")) << with_instance("");
    std::filesystem::create_symlink("good", scratch.path("link"));
    CHECK(load_file(scratch.path("link")).has_value());
    const auto file = scratch.path("file");
    std::ofstream(file) << "";
    CHECK(reason(file) == file + ":1:1: the file is empty; a configuration is an object with \"instances\"");
    std::filesystem::resize_file(file, largest_file + 1);
    CHECK(reason(file) == file + ": is larger than 4 MiB; is it the right file?");
}

TEST_CASE("a file that can be read is named in its errors") {
    const auto loaded = load_file("config/examples/mistakes.json");
    REQUIRE_FALSE(loaded.has_value());
    CHECK(loaded.error().front().file == "config/examples/mistakes.json");
    CHECK(loaded.error().front().line == 3);
    CHECK(loaded.error().front().column == 44);
    CHECK(loaded.error().front().pointer == "/checks/haproxy/run/0");
}

TEST_CASE("a file of the largest size is read in a time in proportion to it") {
    // Half a million values, and thousands of unknown keys in one object: nothing here may be quadratic.
    std::string numbers = "{\"x\": [1";
    while (numbers.size() < largest_file / 4)
        numbers += ",1";
    CHECK(errors_of(numbers + "]}").size() == 2);
    std::string keys = "{\"a\": 1";
    std::size_t count = 1;
    while (keys.size() < largest_file / 16)
        keys += ",\"k" + std::to_string(count++) + "\":1";
    CHECK(errors_of(keys + "}").size() == count + 1);
    // A long key around many values: pointers are not stored whole.
    std::string wide = "{\"" + std::string(largest_file / 4, 'k') + "\": [1";
    while (wide.size() < largest_file / 2)
        wide += ",1";
    CHECK(errors_of(wide + "]}").size() == 2);
}

} // namespace
} // namespace baton::config
