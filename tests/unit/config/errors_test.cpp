// Every kind of error of config/schema.json, with its exact place, its words and its suggestion.
#include "tests/unit/config/loading.h"

namespace baton::config {
namespace {

TEST_CASE("what is missing is reported where its object is") {
    CHECK(errors_of("{}") ==
          Lines{"f:1:1: \"instances\" is missing; it must be an object with at least 1 entry"});
    CHECK(errors_of("[]") == Lines{"f:1:1: must be an object, not an empty list"});
    CHECK(errors_of("{\"instances\": {}}") ==
          Lines{"f:1:15: /instances: must be an object with at least 1 entry, not an empty object"});
    CHECK(errors_of("{\"instances\": {\n  \"A\": {}}}") ==
          Lines{"f:2:8: /instances/A: \"interface\" is missing; it must be the name of an interface: 1 to 15 "
                "characters without spaces, \"/\" or \":\"",
                "f:2:8: /instances/A: \"vrid\" is missing; it must be a whole number from 1 to 255",
                "f:2:8: /instances/A: \"addresses\" is missing; it must be a list of 1 to 255 entries"});
    CHECK(errors_of(R"({"instances": {"A": 5}})") == Lines{"f:1:21: /instances/A: must be an object, not 5"});
}

TEST_CASE("unknown keys: the nearest free one is suggested, else the nearest given, all are listed") {
    const std::string allowed =
        " (allowed: interface, vrid, vrrp_version, authentication, priority, advert_interval, preempt, "
        "preempt_delay, checksum, addresses, excluded_addresses, lease, accept, routes, rules, track, "
        "unicast, "
        "multicast_group, source_address, virtual_mac, "
        "virtual_mac_interface, address_list, "
        "require_link_local_first, answer_lower_priority, prompt_takeover, hooks, announce)";
    CHECK(errors_of(with_instance(R"("prioirty": 7, )")) ==
          Lines{"f:1:22: /instances/A/prioirty: unknown key \"prioirty\"; did you mean \"priority\"?" +
                allowed});
    CHECK(errors_of(with_instance(R"("Advert_Interval": "1s", )")) ==
          Lines{"f:1:22: /instances/A/Advert_Interval: unknown key \"Advert_Interval\"; did you mean "
                "\"advert_interval\"?" +
                allowed});
    CHECK(errors_of(with_instance(R"("vrids": 7, )")) ==
          Lines{"f:1:22: /instances/A/vrids: unknown key \"vrids\"; did you mean \"vrid\"? it is given "
                "here as well" +
                allowed});
    CHECK(errors_of(R"({"instance": {}, )" + with_instance("").substr(1)) ==
          Lines{"f:1:2: /instance: unknown key \"instance\"; did you mean \"instances\"? it is given here as "
                "well (allowed: $schema, node, startup_delay, state_dir, announce_rate, checks, instances, "
                "sync_groups, notify_fifo)"});
    CHECK(errors_of(with_instance(R"("scripts": {}, )")) ==
          Lines{"f:1:22: /instances/A/scripts: unknown key \"scripts\"" + allowed});
    CHECK(errors_of(R"({"instanecs": {}, "listen": 1})") ==
          Lines{"f:1:2: /instanecs: unknown key \"instanecs\"; did you mean \"instances\"? (allowed: "
                "$schema, node, startup_delay, state_dir, announce_rate, checks, instances, sync_groups, "
                "notify_fifo)",
                "f:1:19: /listen: unknown key \"listen\" (allowed: $schema, node, startup_delay, state_dir, "
                "announce_rate, checks, "
                "instances, sync_groups, notify_fifo)"});
    CHECK(errors_of(with_check(R"(, "timeuot": "1s")")) ==
          Lines{"f:1:57: /checks/c/timeuot: unknown key \"timeuot\"; did you mean \"timeout\"? (allowed: "
                "type, run, "
                "interval, timeout, jitter, rise, fall, initial, run_while, hold_down)"});
}

TEST_CASE("numbers out of range") {
    const auto wrong = [](const std::string& value) {
        return errors_of(with_instance("\"priority\": " + value + ", "));
    };
    const std::string error = "f:1:34: /instances/A/priority: must be a whole number from 1 to 255, not ";
    CHECK(wrong("0") == Lines{error + "0"});
    CHECK(wrong("256") == Lines{error + "256"});
    CHECK(wrong("300") == Lines{error + "300"});
    CHECK(wrong("-1") == Lines{error + "-1"});
    CHECK(wrong("100.5") == Lines{error + "100.5"});
    CHECK(wrong("\"100\"") == Lines{error + "\"100\""});
    CHECK(wrong("1" + std::string(30, '0')) == Lines{error + "1e+30"});
    CHECK(wrong("null") == Lines{error + "null"});
    CHECK(errors_of(with_check(R"(, "rise": 0, "fall": 101)")) ==
          Lines{"f:1:65: /checks/c/rise: must be a whole number from 1 to 100, not 0",
                "f:1:76: /checks/c/fall: must be a whole number from 1 to 100, not 101"});
}

TEST_CASE("a VRID is 1 to 255, and there is an address (RFC 9568 sections 5.2.3 and 5.2.5)") {
    const auto instance = [](const std::string& vrid, const std::string& addresses) {
        return errors_of(R"({"instances": {"A": {"interface": "eth0", "vrid": )" + vrid +
                         R"(, "addresses": [)" + addresses + "]}}}");
    };
    CHECK(instance("255", R"("10.0.1.100/24")").empty());
    for (const char* vrid : {"0", "256", "-1"})
        CHECK(instance(vrid, R"("10.0.1.100/24")") ==
              Lines{"f:1:51: /instances/A/vrid: must be a whole number from 1 to 255, not " +
                    std::string(vrid)});
    CHECK(instance("1", "").size() == 1);
}

TEST_CASE("durations: the form, the range, the step") {
    const auto wrong = [](const std::string& value) {
        return errors_of(with_instance("\"advert_interval\": " + value + ", "));
    };
    const std::string place = "f:1:41: /instances/A/advert_interval: ";
    const std::string form =
        "must be a duration: a number and a unit, such as \"100ms\", \"1.5s\" or \"10m\", not ";
    const std::string range = "must be a duration from 10ms to 40.95s in steps of 10ms, not ";
    CHECK(wrong("1") == Lines{place + form + "1"});
    CHECK(wrong("\"1\"") == Lines{place + form + "\"1\""});
    CHECK(wrong("\"1 s\"") == Lines{place + form + "\"1 s\""});
    CHECK(wrong("\"-1s\"") == Lines{place + form + "\"-1s\""});
    CHECK(wrong("\"0s\"") == Lines{place + range + "\"0s\""});
    CHECK(wrong("\"5ms\"") == Lines{place + range + "\"5ms\""});
    CHECK(wrong("\"15ms\"") == Lines{place + range + "\"15ms\""});
    CHECK(wrong("\"10.001ms\"") == Lines{place + range + "\"10.001ms\""});
    CHECK(wrong("\"40.96s\"") == Lines{place + range + "\"40.96s\""});
    CHECK(wrong("\"99999999999999999999h\"") ==
          Lines{place + "\"99999999999999999999h\" is too long; the longest duration is ten years"});
    CHECK(errors_of(with_check(R"(, "timeout": "0s", "interval": "2h")")) ==
          Lines{"f:1:68: /checks/c/timeout: must be a duration from 1ms to 1h, not \"0s\"",
                "f:1:86: /checks/c/interval: must be a duration from 10ms to 1h, not \"2h\""});
}

TEST_CASE("words from a list") {
    CHECK(errors_of(with_instance(R"("checksum": "RFC5798", )")) ==
          Lines{"f:1:34: /instances/A/checksum: must be one of \"auto\", \"rfc9568\" or \"rfc5798\", not "
                "\"RFC5798\"; "
                "did you mean \"rfc5798\"?"});
    CHECK(errors_of(with_instance(R"("preempt": "no", )")) ==
          Lines{"f:1:33: /instances/A/preempt: must be true or false, not \"no\""});
    CHECK(errors_of(R"({"checks": {"c": {"type": "scirpt", "run": "true"}},
"instances": {"A": {"interface": "eth0", "vrid": 1, "addresses": ["10.0.1.100/24"]}}})") ==
          Lines{"f:1:27: /checks/c/type: must be one of \"script\", \"haproxy\", \"smtp\", \"tcp\", "
                "\"http\", \"ping\", \"dns\", \"process\", \"file\" or \"systemd\", not \"scirpt\"; did you "
                "mean \"script\"?"});
}

TEST_CASE("names of instances, checks, nodes and interfaces") {
    const std::string form =
        "must be a name: 1 to 64 letters, digits, \"_\", \".\" or \"-\", the first one a letter, "
        "a digit or \"_\", not ";
    const auto named = [](const std::string& name) {
        return errors_of("{\"instances\": {\"" + name +
                         R"(": {"interface": "eth0", "vrid": 1, "addresses": ["10.0.1.100/24"]}}})");
    };
    CHECK(named("VI_1") == Lines{});
    CHECK(named(std::string(64, 'x')) == Lines{});
    CHECK(named("VI 1") == Lines{"f:1:16: /instances/VI 1: " + form + "\"VI 1\""});
    CHECK(named("a/b") == Lines{"f:1:16: /instances/a~1b: " + form + "\"a/b\""});
    CHECK(named("..") == Lines{"f:1:16: /instances/..: " + form + "\"..\""});
    CHECK(named("") == Lines{"f:1:16: /instances/: " + form + "\"\""});
    const std::string longest(65, 'x');
    CHECK(named(longest) ==
          Lines{"f:1:16: /instances/" + longest + ": " + form + "\"" + std::string(60, 'x') + "...\""});
    CHECK(errors_of(R"({"node": "", )" + with_instance("").substr(1)) ==
          Lines{"f:1:10: /node: " + form + "\"\""});

    const auto on = [](const std::string& interface) {
        return errors_of(R"({"instances": {"A": {"interface": ")" + interface +
                         R"(", "vrid": 1, "addresses": ["10.0.1.100/24"]}}})");
    };
    const std::string error =
        "f:1:35: /instances/A/interface: must be the name of an interface: 1 to 15 characters "
        "without spaces, \"/\" or \":\", not ";
    CHECK(on("enp0s31f6.4094") == Lines{});
    CHECK(on("fifteen_letters") == Lines{});
    CHECK(on("sixteen_letters_") == Lines{error + "\"sixteen_letters_\""});
    CHECK(on("eth0:1") == Lines{error + "\"eth0:1\""});
    CHECK(on("a/b") == Lines{error + "\"a/b\""});
    CHECK(on("") == Lines{error + "\"\""});
    CHECK(on("eth0\\u0000x") == Lines{error + "\"eth0\\u0000x\""});
}

TEST_CASE("an entry of track names a check or an interface") {
    const auto wrong = [](const std::string& entry) {
        return errors_of(with_instance("\"track\": [" + entry + "], "));
    };
    const std::string place = "f:1:32: /instances/A/track/0";
    CHECK(wrong("{}") == Lines{place + ": must have exactly one of the keys \"check\" and \"interface\""});
    CHECK(wrong(R"({"check": "c", "interface": "e"})") ==
          Lines{place + ": must have exactly one of the keys \"check\" and \"interface\""});
    CHECK(wrong(R"({"chek": "c"})") ==
          Lines{"f:1:33: /instances/A/track/0/chek: unknown key \"chek\"; did you mean "
                "\"check\"? (allowed: check, weight, reverse, proportional, interface)"});
    CHECK(wrong(R"("c")") == Lines{place + ": must be an object, not \"c\""});
    CHECK(
        wrong(R"({"interface": "e", "weigth": 1})") ==
        Lines{
            "f:1:51: /instances/A/track/0/weigth: unknown key \"weigth\"; did you mean \"weight\"? (allowed: "
            "interface, weight, reverse)"});
    CHECK(wrong(R"({"interface": "e", "weight": -254})") ==
          Lines{"f:1:61: /instances/A/track/0/weight: must be a whole number from -253 to 253, not -254"});
    CHECK(wrong(R"({"check": ""})") ==
          Lines{"f:1:42: /instances/A/track/0/check: must be a string of 1 or more characters, not \"\""});
}

TEST_CASE("run is a list of strings or one string") {
    const auto wrong = [](const std::string& run) {
        return errors_of("{\"checks\": {\"c\": {\"type\": \"script\", \"run\": " + run + "}}," +
                         with_instance("").substr(1));
    };
    CHECK(wrong("[]") ==
          Lines{"f:1:44: /checks/c/run: must be a list with at least 1 entry, not an empty list"});
    CHECK(wrong("\"\"") ==
          Lines{"f:1:44: /checks/c/run: must be a string of 1 or more characters, not \"\""});
    CHECK(wrong("5") ==
          Lines{"f:1:44: /checks/c/run: must be a list with at least 1 entry or a string of 1 or more "
                "characters, not 5"});
    CHECK(wrong("[\"/bin/sh\", 5]") == Lines{"f:1:56: /checks/c/run/1: must be a string, not 5"});
}

} // namespace
} // namespace baton::config
