// What a reload would do, in words: by name, with the keys that differ.
#include "config/difference.h"

#include "config/difference_keys.h"
#include "config/json.h"
#include "config/schema.h"
#include "loading.h"

#include <algorithm>

using namespace baton::config;

namespace {

const std::string base = R"({
  "checks": {"web": {"type": "script", "run": ["/bin/true"]}, "mail": {"type": "script", "run": ["/bin/true"]}},
  "instances": {
    "A": {"interface": "eth0", "vrid": 1, "addresses": ["10.0.1.100/24"]},
    "B": {"interface": "eth0", "vrid": 2, "addresses": ["10.0.1.101/24"]},
    "C": {"interface": "eth0", "vrid": 3, "addresses": ["10.0.1.102/24"]}},
  "sync_groups": {"G": ["A", "B"]}})";

std::string replaced(std::string text, const std::string& what, const std::string& by) {
    const auto at = text.find(what);
    REQUIRE(at != std::string::npos);
    return text.replace(at, what.size(), by);
}

Lines changes(const std::string& before, const std::string& after) {
    Lines lines;
    const auto was = config_of(before);
    auto is = config_of(after);
    carry_editions(was, is);
    for (const auto& change : difference(was, is).changes)
        lines.push_back(describe(change));
    return lines;
}

Lines changes_to_a(const std::string& before, const std::string& after) {
    return changes(with_instance(before), with_instance(after));
}

} // namespace

TEST_CASE("nothing differs from itself, nor from the same in other words") {
    CHECK(changes(base, base) == Lines{});
    CHECK(changes_to_a(R"("advert_interval": "1s",)", R"("advert_interval": "1000ms", "priority": 100,)") ==
          Lines{});
    const auto result = difference(config_of(base), config_of(base));
    CHECK(describe_unchanged(result) == "3 instances, 2 checks, 1 sync group unchanged");
    CHECK(result.needs_restart.empty());
}

TEST_CASE("other keys in a key file are a difference, though the configuration is the same") {
    const FilesByName renewed{{"B", "/etc/baton/keys/B"}, {"gone", "/x"}};
    const auto result = difference(config_of(base), config_of(base), {.keys = renewed});
    REQUIRE(result.changes.size() == 1);
    CHECK(describe(result.changes[0]) ==
          "instance B is changed (authentication); there are other keys in /etc/baton/keys/B");
    CHECK(result.unchanged_instances == 2);

    const std::string before = R"({"state_dir": "/tmp", "instances": {"A": {"interface": "eth0", "vrid": 1,
        "addresses": ["10.0.1.100/24"], "authentication": {"type": "hmac", "keys": "/dev/null"}}}})";
    const auto changed = replaced(before, R"("keys")", R"("mode": "permissive", "keys")");
    const auto both = difference(config_of(before), config_of(changed), {.keys = {{"A", "/dev/null"}}});
    REQUIRE(both.changes.size() == 1);
    CHECK(both.changes[0].keys == std::vector<std::string>{"authentication"}); // once
}

TEST_CASE("other certificates in a file are a difference of the checks that trust it") {
    const auto result =
        difference(config_of(base), config_of(base), {.certificates = {{"mail", "/etc/ssl/mail-ca.pem"}}});
    REQUIRE(result.changes.size() == 1);
    CHECK(describe(result.changes[0]) ==
          "check mail is changed (ca_file); there are other certificates in /etc/ssl/mail-ca.pem");
    CHECK(result.unchanged_checks == 1);
}

TEST_CASE("who comes, who goes, and who only stands elsewhere in the file") {
    const std::string other = R"({
      "checks": {"mail": {"type": "script", "run": ["/bin/true"]}, "dns": {"type": "script", "run": ["/bin/true"]}},
      "instances": {
        "D": {"interface": "eth0", "vrid": 4, "addresses": ["10.0.1.103/24"]},
        "B": {"interface": "eth0", "vrid": 2, "addresses": ["10.0.1.101/24"]},
        "A": {"interface": "eth0", "vrid": 1, "addresses": ["10.0.1.100/24"]}},
      "sync_groups": {"G": ["A", "B"], "H": ["D"]}})";
    const auto grouped = replaced(other, R"("H": ["D"])", R"("H": ["D", "D2"])");
    const auto whole =
        replaced(grouped, R"("D": {)",
                 R"("D2": {"interface": "eth0", "vrid": 5, "addresses": ["10.0.1.105/24"]}, "D": {)");
    CHECK(changes(base, whole) == Lines{"check dns is added", "check web is removed", "instance D2 is added",
                                        "instance D is added", "instance C is removed",
                                        "sync group H is added"});
    CHECK(describe_unchanged(difference(config_of(base), config_of(whole))) ==
          "2 instances, 1 check, 1 sync group unchanged");
}

TEST_CASE("each key of an instance is told by its name, and whether it begins anew") {
    CHECK(changes_to_a("", R"("priority": 120, "preempt": false,)") ==
          Lines{"instance A is changed (priority, preempt)"});
    CHECK(changes_to_a("", R"("advert_interval": "500ms",)") ==
          Lines{"instance A is changed (advert_interval)"});
    CHECK(changes_to_a("", R"("preempt_delay": "5s", "checksum": "rfc9568",)") ==
          Lines{"instance A is changed (preempt_delay, checksum)"});
    CHECK(changes_to_a("", R"("unicast": {"peers": ["10.0.1.3"]},)") ==
          Lines{"instance A is changed (unicast)"});
    CHECK(changes_to_a("", R"("announce": {"refresh": "60s"},)") ==
          Lines{"instance A is changed (announce)"});
    CHECK(changes_to_a("", R"("track": [{"interface": "eth1"}],)") == Lines{"instance A is changed (track)"});
    CHECK(changes_to_a("", R"("priority": 255,)") == Lines{"instance A is restarted (priority)"});
    CHECK(changes_to_a("", R"("vrrp_version": 2,)") == Lines{"instance A is restarted (vrrp_version)"});
    CHECK(changes_to_a("", R"("virtual_mac": true,)") == Lines{"instance A is restarted (virtual_mac)"});
    CHECK(
        changes_to_a(R"("virtual_mac": true,)", R"("virtual_mac": true, "virtual_mac_interface": "vm0",)") ==
        Lines{"instance A is restarted (virtual_mac_interface)"});
    CHECK(changes(base, replaced(base, R"("vrid": 3)", R"("vrid": 33)")) ==
          Lines{"instance C is restarted (vrid)"});
    CHECK(changes(base,
                  replaced(base, R"("interface": "eth0", "vrid": 3)", R"("interface": "eth1", "vrid": 3)")) ==
          Lines{"instance C is restarted (interface)"});
    CHECK(changes(base, replaced(base, "10.0.1.102/24", "10.0.1.112/24\", \"10.0.1.113/24")) ==
          Lines{"instance C is changed (addresses)"});
    CHECK(changes(base, replaced(base, "10.0.1.102/24", "fe80::1/64")) ==
          Lines{"instance C is restarted (addresses)"});
}

TEST_CASE("what the host does for an instance is told, and begins anew") {
    CHECK(changes_to_a("", R"("accept": false,)") == Lines{"instance A is restarted (accept)"});
    CHECK(changes_to_a("", R"("excluded_addresses": ["10.0.1.200/24"],)") ==
          Lines{"instance A is changed (excluded_addresses)"});
    CHECK(changes_to_a("", R"("routes": [{"to": "10.9.0.0/16", "via": "10.0.1.1"}],)") ==
          Lines{"instance A is restarted (routes)"});
    CHECK(changes_to_a("", R"("lease": "9s",)") == Lines{"instance A is changed (lease)"});
    CHECK(changes_to_a("", R"("lease": "0s",)") == Lines{"instance A is restarted (lease)"});
    CHECK(changes_to_a("", R"("advert_interval": "5s",)") ==
          Lines{"instance A is changed (advert_interval)"});
}

TEST_CASE("editions go on from reload to reload") {
    const auto plain = config_of(with_instance(""));
    auto deaf = config_of(with_instance(R"("accept": false,)"));
    carry_editions(plain, deaf);
    CHECK(deaf.settings.instances[0].edition == 1);
    auto same = config_of(with_instance(R"("accept": false,)"));
    carry_editions(deaf, same);
    CHECK(same.settings.instances[0] == deaf.settings.instances[0]);
}

TEST_CASE("authentication is one key, whatever of it differs") {
    const std::string hmac = R"("authentication": {"type": "hmac", "keys": "/k"},)";
    CHECK(changes_to_a("", hmac) == Lines{"instance A is changed (authentication)"});
    CHECK(changes_to_a(hmac, R"("authentication": {"type": "hmac", "keys": "/k", "mode": "permissive"},)") ==
          Lines{"instance A is changed (authentication)"});
    CHECK(changes_to_a(hmac, hmac) == Lines{});
}

TEST_CASE("checks, groups, and what is said once for all") {
    CHECK(changes(base, replaced(base, R"("run": ["/bin/true"]})", R"("run": ["/bin/false"], "fall": 3})")) ==
          Lines{"check web is changed (run, fall)"});
    CHECK(changes(base, replaced(base, R"("run": ["/bin/true"]})",
                                 R"("run": ["/bin/true"], "run_while": "active", "hold_down": "5m"})")) ==
          Lines{"check web is changed (run_while, hold_down)"});
    CHECK(changes(base, replaced(base, R"("G": ["A", "B"])", R"("G": ["A", "B", "C"])")) ==
          Lines{"sync group G is changed"});
    CHECK(changes(base, replaced(base, R"({
  "checks")",
                                 R"({"node": "lb2", "announce_rate": 7, "startup_delay": "3s",
  "checks")")) == Lines{"setting node is changed",
                        "setting startup_delay is changed; it is looked at when batond starts",
                        "setting announce_rate is changed"});
}

TEST_CASE("what only a new start reads is named") {
    const auto moved = replaced(base, R"({
  "checks")",
                                R"({"state_dir": "/elsewhere", "checks")");
    CHECK(difference(config_of(base), config_of(moved)).needs_restart == Lines{"state_dir"});
}

TEST_CASE("every key of an instance in the schema is looked at") {
    const auto schema = Json::parse(schema_text());
    const auto keys = instance_keys();
    std::size_t seen = 0;
    for (const auto& property : schema.at("$defs").at("instance").at("properties").items()) {
        CAPTURE(property.key());
        CHECK(std::count(keys.begin(), keys.end(), property.key()) == 1);
        ++seen;
    }
    CHECK(seen == keys.size());
}
