// The JSON of GET /v1/status, key by key: scripts depend on it.
#include "control/status.h"

#include "sample.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace baton;
using namespace baton::control;
using namespace std::chrono_literals;

TEST_CASE("the status of an active router is exactly this") {
    const auto expected = Json::parse(R"json({
      "version": "0.1.0", "node": "lb1", "uptime_s": 304.5,
      "instances": [{
        "name": "VI_1", "state": "active", "handing_over": false, "gate_running": false,
        "released": false, "release_until": null,
        "since": "2025-03-01T12:00:00.123456Z", "reason_code": "active_down_timer",
        "reason": "no advert to yield to for 3605.469 ms (Active_Down_Interval at priority 101)",
        "interface": "eth0", "vrid": 51, "family": "ipv4", "vrrp_version": 3,
        "authentication": "none", "authentication_key": null, "authentication_trouble": null, "preempt": true,
        "preempts_from": null, "preempting": false,
        "priority": {"configured": 101, "effective": 81, "contributions": [
          {"check": "haproxy", "weight": -20, "applied": -20, "up": false},
          {"interface": "eth1", "weight": -10, "applied": 0, "up": true}]},
        "advert_interval_ms": 1000.0, "active_adver_interval_ms": 1000.0, "active_down_timer_ms": null,
        "active_router": "10.0.1.2", "active_router_priority": 81, "rival": null, "primary_address": "10.0.1.2",
        "addresses": ["10.0.1.100/24", "10.0.1.101/24"], "excluded_addresses": ["10.0.9.100/32"],
        "addresses_held": true, "accept": true, "lease_ms": 3000.0, "routes_held": true,
        "foreign_addresses": [], "faults": [], "last_refused": null, "last_claim": null, "counters": {"adverts_sent": 301, "adverts_received": 4},
        "statistics": {"discontinuity-datetime": "2025-03-01T11:59:55.500000Z", "master-transitions": 0,
          "advertisement-rcvd": 4, "advertisement-sent": 301, "interval-errors": 0, "priority-zero-pkts-rcvd": 0,
          "priority-zero-pkts-sent": 0, "invalid-type-pkts-rcvd": 0, "address-list-errors": 0,
          "packet-length-errors": 0},
        "hooks": {"configured": [], "waiting": 0, "runs": []},
        "transitions": [
          {"number": 1, "from": "initialize", "to": "backup", "at": "2025-03-01T11:59:56.000000Z",
           "reason_code": "startup", "reason": "began to take part", "priority": 101, "steps": []},
          {"number": 2, "from": "backup", "to": "active", "at": "2025-03-01T12:00:00.123456Z",
           "reason_code": "active_down_timer",
           "reason": "no advert to yield to for 3605.469 ms (Active_Down_Interval at priority 101)",
           "priority": 101, "steps": [
             {"what": "addresses_held", "after_ms": 0.412}, {"what": "advert_sent", "after_ms": 0.46},
             {"what": "announced", "after_ms": 1.0}]}]
      }],
      "sync_groups": [],
      "checks": [{"name": "haproxy", "type": "script", "state": "down",
        "since": "2025-03-01T12:01:40.000000Z", "rise": 2, "fall": 3, "streak": 0, "share": null,
        "set_by_hand": null, "run_while": "always", "runs": true, "forgotten_at": null,
        "last": {"ok": false, "detail": "exit status 1: refused", "duration_ms": 12.345,
                 "at": "2025-03-01T12:04:58.000000Z"}}],
      "counters": {"rejected_unknown_vrid": 7},
      "statistics": {"discontinuity-datetime": "2025-03-01T11:59:55.500000Z", "checksum-errors": 0,
        "version-errors": 0, "vrid-errors": 7, "ip-ttl-errors": 0}
    })json");
    CHECK(to_text(status_json(active_report()), 2) == to_text(expected, 2)); // the order of keys as well
}

TEST_CASE("the last advert that was refused stands there with all that is known of it") {
    auto report = active_report();
    report.snapshot.instances[0].last_refused = wrong_signature();
    CHECK(status_json(report)["instances"][0]["last_refused"] == Json::parse(R"json({
      "reason_code": "authentication_invalid", "reason": "its signature is wrong", "source": "10.0.1.3",
      "at": "2025-03-01T12:04:59.600000Z", "ago_ms": 400.0})json"));
}

TEST_CASE("another Active router stands there for this reign, with whether that lasts") {
    auto report = active_report();
    auto& rival = report.snapshot.instances[0].rival;
    rival = vrrp::RivalView{*IpAddress::parse("10.0.1.3"), vrrp::Priority{80}, at(1299s), at(1302s)};
    auto expected = Json::parse(R"json({
      "address": "10.0.1.3", "priority": 80, "lasts": true, "at": "2025-03-01T12:04:59.000000Z",
      "ago_ms": 1000.0})json");
    CHECK(status_json(report)["instances"][0]["rival"] == expected);
    rival->silent = report.snapshot.at;
    expected["lasts"] = false;
    CHECK(status_json(report)["instances"][0]["rival"] == expected);
}

TEST_CASE("addresses that somebody else put on this host are listed") {
    auto report = active_report();
    report.snapshot.instances[0].foreign = {{"eth0", *Prefix::parse("10.0.1.100/32")}};
    CHECK(status_json(report)["instances"][0]["foreign_addresses"] ==
          Json::parse(R"json([{"address": "10.0.1.100/32", "interface": "eth0"}])json"));
}

TEST_CASE("what is not known is null") {
    auto report = backup_report();
    auto& view = report.snapshot.instances[0];
    view.active_router.reset();
    view.active_router_priority.reset();
    view.primary_address.reset();
    view.contributions[0].known = false;
    report.snapshot.checks[0].last.reset();
    report.transitions.clear();
    const auto json = status_json(report);
    const auto& instance = json["instances"][0];
    CHECK(instance["active_router"].is_null());
    CHECK(instance["active_router_priority"].is_null());
    CHECK(instance["primary_address"].is_null());
    CHECK(instance["priority"]["contributions"][0]["up"].is_null());
    CHECK(instance["active_down_timer_ms"] == 1230.5);
    CHECK(instance["transitions"] == Json::array());
    CHECK(json["checks"][0]["last"].is_null());
}

TEST_CASE("faults have a name for programs and a text for people") {
    auto report = backup_report();
    report.snapshot.instances[0].faults = {{"link_down", "interface eth0 has no link"}};
    CHECK(to_text(status_json(report)["instances"][0]["faults"]) ==
          R"([{"name":"link_down","text":"interface eth0 has no link"}])");
}

TEST_CASE("how adverts are signed, and what is wrong with that") {
    auto report = active_report();
    report.authentication = {{"hmac-sha256 (enforce)", 2, "the disk is full"}};
    const auto json = instance_json(report, 0);
    CHECK(json["authentication"] == "hmac-sha256 (enforce)");
    CHECK(json["authentication_key"] == 2);
    CHECK(json["authentication_trouble"] == "the disk is full");
}

TEST_CASE("the uptime has milliseconds and no more digits") {
    const auto shown = [](Duration uptime) {
        Report report;
        report.uptime = uptime;
        return to_text(status_json(report)["uptime_s"]);
    };
    CHECK(shown(6s + 1'003'999ns) == "6.001");
    CHECK(shown(1234s + 567'891us) == "1234.567");
    CHECK(shown(24h * 365 + 1ms) == "31536000.001");
    CHECK(shown(5s) == "5.0");
}

TEST_CASE("an empty report has empty lists, not nulls") {
    CHECK(
        to_text(status_json({}))
            .starts_with(
                R"({"version":"","node":"","uptime_s":0.0,"instances":[],"sync_groups":[],"checks":[],"counters":{},)"));
}

TEST_CASE("the status is told a piece for each instance and each check") {
    auto report = active_report();
    report.snapshot.instances.push_back(active_instance());
    report.snapshot.checks.push_back(haproxy_check());
    report.snapshot.checks.push_back(haproxy_check());
    std::vector<std::string> pieces;
    StatusText status(report);
    for (bool more = true; more;) {
        std::string piece;
        more = status.add_to(piece);
        pieces.push_back(piece);
    }
    REQUIRE(pieces.size() == 3 + 2 + report.snapshot.checks.size());
    CHECK(Json::parse(pieces[1]) == instance_json(report, 0));
    CHECK(Json::parse(pieces[2].substr(1)) == instance_json(report, 1));
    CHECK(pieces.back().starts_with(R"(],"counters":{)"));
}

TEST_CASE("what a check printed need not be UTF-8") {
    auto report = active_report();
    report.snapshot.checks[0].last->detail = "caf\xe9 \xc3\xa9";
    const auto text = to_text(status_json(report)["checks"][0]["last"]["detail"]);
    CHECK(text == "\"caf\xef\xbf\xbd \xc3\xa9\"");
}
