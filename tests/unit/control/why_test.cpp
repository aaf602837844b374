// What `batonctl why` says, to the letter, for reports of several kinds.
#include "control/why.h"

#include "sample.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace baton;
using namespace baton::control;
using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

namespace {

std::string text_of(const Report& report) {
    std::string text;
    for (const auto& line : why_text(report, 0))
        text += line + "\n";
    return text;
}

std::string line_with(const Report& report, const std::string& word) {
    for (const auto& line : why_text(report, 0))
        if (line.find(word) != std::string::npos)
            return line;
    return "no line with " + word;
}

} // namespace

TEST_CASE("an active router with a failing check") {
    CHECK(
        text_of(active_report()) ==
        R"(VI_1 on eth0 (VRID 51) is active since 2025-03-01T12:00:00.123456Z (4m 59s): no advert to yield to for 3605.469 ms (Active_Down_Interval at priority 101)
Priority 81 = 101 configured - 20 check haproxy (down: exit status 1: refused)
  interface eth1: up; down would subtract 10
Holds 10.0.1.100/24, 10.0.1.101/24; outside the adverts 10.0.9.100/32; and the routes and rules that go with them
Lease of 3s: the kernel drops the addresses if batond is killed or hangs
Active router: 10.0.1.2 (this node), priority 81, an advert every 1000 ms
Last transitions, newest first:
  #2 2025-03-01T12:00:00.123456Z backup -> active, priority 101: no advert to yield to for 3605.469 ms (Active_Down_Interval at priority 101)
     addresses_held +0.412 ms, advert_sent +0.46 ms, announced +1 ms
  #1 2025-03-01T11:59:56.000000Z initialize -> backup, priority 101: began to take part
)");
}

TEST_CASE("a backup tells whom it hears and when it would take over") {
    CHECK(text_of(backup_report()) ==
          R"(VI_1 on eth0 (VRID 51) is backup since 2025-03-01T12:04:56.000000Z (4s): began to take part
Priority 101 = 101 configured
  check haproxy: up; down would subtract 20
  interface eth1: up; down would subtract 10
  check haproxy: 1 of 3 results in a row to be down; the last: exit status 1: refused
Does not hold 10.0.1.100/24, 10.0.1.101/24; outside the adverts 10.0.9.100/32; and the routes and rules that go with them
Lease of 3s: the kernel drops the addresses if batond is killed or hangs
Active router: 10.0.1.3, priority 200, an advert every 500 ms
Takes over in 1230.5 ms unless an advert comes (Active_Down_Timer)
No transitions yet
)");
}

TEST_CASE("faults stand right below the state") {
    auto report = backup_report();
    auto& view = report.snapshot.instances[0];
    view.state = vrrp::State::fault;
    view.reason = "interface eth0 has no link";
    view.faults = {{"link_down", "interface eth0 has no link"}, {"check_down", "check haproxy is down"}};
    view.active_router.reset();
    const auto lines = why_text(report, 0);
    CHECK(lines[1] == "Fault link_down: interface eth0 has no link");
    CHECK(lines[2] == "Fault check_down: check haproxy is down");
    CHECK(line_with(report, "Active router") == "Active router: not looked for in fault");
    CHECK(line_with(report, "Takes over") == "no line with Takes over");
}

TEST_CASE("a lower Active router that is heard and ignored is not nobody") {
    auto report = backup_report();
    auto& view = report.snapshot.instances[0];
    view.active_router_priority = vrrp::Priority{90};
    view.preempted_heard = at(1299s + 550ms);
    CHECK(line_with(report, "Active router") == "Active router: 10.0.1.3, priority 90, heard 450ms ago: "
                                                "lower than this node, which preempts it: its "
                                                "adverts do not put that off");
    CHECK(status_json(report)["instances"][0]["preempting"] == true);
    CHECK(status_json(backup_report())["instances"][0]["preempting"] == false);
    CHECK(line_with(report, "Takes over") ==
          "Takes over in 1230.5 ms unless a higher router's advert comes (Active_Down_Timer)");
    view.active_router.reset();
    view.preempted_heard.reset();
    CHECK(line_with(report, "Active router") == "Active router: none heard");
}

TEST_CASE("a preempt delay is told with its end, until that has come") {
    auto report = backup_report();
    auto& view = report.snapshot.instances[0];
    CHECK(line_with(report, "preempt_delay") == "no line with preempt_delay");
    view.preempts_from = at(1312s);
    CHECK(line_with(report, "preempt_delay") ==
          "Waits to preempt (preempt_delay): until 2025-03-01T12:05:12.000000Z (12s more) a lower Active "
          "router is "
          "left alone");
    CHECK(status_json(report)["instances"][0]["preempts_from"] == "2025-03-01T12:05:12.000000Z");
    view.active_router_priority = vrrp::Priority{90};
    CHECK(line_with(report, "preempt_delay") ==
          "Waits to preempt (preempt_delay): until 2025-03-01T12:05:12.000000Z (12s more) 10.0.1.3, which is "
          "lower, "
          "is left alone");
    view.active_router_priority = vrrp::resigning;
    CHECK(line_with(report, "preempt_delay").find("a lower Active router") != std::string::npos);
    view.preempts_from = at(1300s);
    CHECK(line_with(report, "preempt_delay") == "no line with preempt_delay");
    CHECK(status_json(report)["instances"][0]["preempts_from"].is_null());
}

TEST_CASE("addresses for ever have no lease, and those that take no packets say so") {
    auto report = active_report();
    CHECK(line_with(report, "Accept_Mode") == "no line with Accept_Mode");
    CHECK(status_json(report)["instances"][0]["accept"] == true);
    CHECK(status_json(report)["instances"][0]["lease_ms"] == 3000);
    report.hosting = {{.accept = false, .lease = 0s}};
    CHECK(line_with(report, "Accept_Mode") ==
          "Accept_Mode is off (\"accept\": false): packets to the addresses are dropped");
    CHECK(line_with(report, "Lease") == "no line with Lease");
    CHECK(status_json(report)["instances"][0]["accept"] == false);
    CHECK(status_json(report)["instances"][0]["lease_ms"].is_null());
}

TEST_CASE("refused adverts are told: from whom and why the last, how many by reason, and what it may mean") {
    auto report = active_report();
    auto& view = report.snapshot.instances[0];
    view.last_refused = wrong_signature();
    view.counters = {{"adverts_sent", 9},
                     {"rejected_checksum", 2},
                     {"rejected_length", 0},
                     {"rejected_authentication_invalid", 300}};
    CHECK(line_with(report, "Refuse") ==
          "Refuses adverts: the last came from 10.0.1.3 at 2025-03-01T12:04:59.600000Z (400ms ago): its "
          "signature "
          "is wrong; this node is Active, so if that is one of its peers, there are two");
    CHECK(line_with(report, "refused since") ==
          "  refused since the start: checksum 2, authentication_invalid 300");

    view.last_refused->reason_code = "own_source"; // our own
    CHECK(line_with(report, "Refuse").ends_with("(400ms ago): its signature is wrong"));
    view.last_refused = wrong_signature();
    view.state = vrrp::State::backup;
    CHECK(line_with(report, "Refuse").ends_with("(400ms ago): its signature is wrong"));
    view.state = vrrp::State::active;
    view.last_refused->at = at(1240s); // a minute ago
    CHECK(line_with(report, "Refuse") == "Refused adverts: the last came from 10.0.1.3 at "
                                         "2025-03-01T12:04:00.000000Z (1m ago): its signature is "
                                         "wrong");
    view.last_refused.reset();
    CHECK(line_with(report, "efused adverts") == "no line with efused adverts");
    CHECK(line_with(report, "refused since") == "no line with refused since");
}

TEST_CASE("an address that somebody else put on this host is told, with how to remove it") {
    auto report = active_report();
    CHECK(line_with(report, "not put there") == "no line with not put there");
    report.snapshot.instances[0].foreign = {{"eth0", *Prefix::parse("10.0.1.100/32")}};
    CHECK(line_with(report, "not put there") ==
          "10.0.1.100/32 is on eth0 and was not put there by baton: it is answered for here, whoever is "
          "Active; "
          "remove it (sysctl -w net.ipv4.conf.eth0.promote_secondaries=1; ip address del 10.0.1.100/32 dev "
          "eth0) and whatever configures it");
}

TEST_CASE("a group whose members were apart when it was made is told, with how to bring them together") {
    auto report = active_report();
    report.snapshot.instances.push_back(report.snapshot.instances[0]);
    report.snapshot.instances[1].name = "VI_2";
    report.sync_groups = {{"mail", {"VI_1", "VI_2"}, {}}};
    CHECK(line_with(report, "group") == "no line with group");
    report.snapshot.instances[1].state = vrrp::State::backup;
    CHECK(line_with(report, "group") ==
          "Its group mail is split, as it was when the group was made: VI_1 is active here, and VI_2 is not; "
          "`batonctl release VI_1 --for 1m` brings its members together on the other node");
    CHECK(why_text(report, 1) != Lines{});
}

TEST_CASE("another router that is Active beside this one is named, and when it was last heard") {
    auto report = active_report();
    CHECK(line_with(report, "Conflict") == "no line with Conflict");
    auto& rival = report.snapshot.instances[0].rival;
    rival = vrrp::RivalView{*IpAddress::parse("10.0.1.3"), vrrp::Priority{80}, at(1299s), at(1302s)};
    CHECK(line_with(report, "Conflict") ==
          "Conflict: 10.0.1.3 is Active beside this node, with priority 80, last heard at "
          "2025-03-01T12:04:59.000000Z (1s ago)");
    rival->silent = report.snapshot.at;
    CHECK(line_with(report, "Conflict").starts_with("Conflict: 10.0.1.3 was Active beside this node, "));
}

TEST_CASE("who else claimed an address") {
    auto report = active_report();
    CHECK(line_with(report, "Address conflict") == "no line with Address conflict");
    report.snapshot.instances[0].last_claim =
        vrrp::ClaimView{IpAddress::v4(10, 0, 1, 100), MacAddress{{2, 0, 0, 0, 0, 9}}, at(1299s)};
    CHECK(line_with(report, "Address conflict") == "Address conflict: another host, 02:00:00:00:00:09, said "
                                                   "that it has 10.0.1.100 while this node held it, last "
                                                   "at 2025-03-01T12:04:59.000000Z (1s ago)");
    CHECK(status_json(report)["instances"][0]["last_claim"] == Json::parse(R"json({
        "address": "10.0.1.100", "mac": "02:00:00:00:00:09", "at": "2025-03-01T12:04:59.000000Z", "ago_ms": 1000.0})json"));
}

TEST_CASE("how adverts are signed, with the key, and what is wrong with that") {
    auto report = active_report();
    report.authentication = {{"hmac-sha256 (enforce)", 2, ""}};
    CHECK(line_with(report, "Authentication") == "Authentication: hmac-sha256 (enforce), key 2 signs");
    CHECK(line_with(report, "Trouble") == "no line with Trouble");
    report.authentication = {{"hmac-sha256 (receive_only)", std::nullopt, "the disk is full"}};
    CHECK(line_with(report, "Authentication") == "Authentication: hmac-sha256 (receive_only)");
    CHECK(line_with(report, "Trouble") == "Trouble with authentication: the disk is full");
}

TEST_CASE("the priority arithmetic: bonus, bounds, owner, fault weight, no result yet") {
    auto report = backup_report();
    auto& view = report.snapshot.instances[0];
    auto& contribution = view.contributions[0];

    contribution = {
        .name = "haproxy", .is_interface = false, .weight = 30, .up = true, .known = true, .applied = 30};
    view.effective_priority = vrrp::Priority{131};
    CHECK(line_with(report, "Priority") == "Priority 131 = 101 configured + 30 check haproxy (up)");

    contribution.applied = 0;
    contribution.up = false;
    contribution.known = false;
    view.effective_priority = vrrp::Priority{101};
    report.snapshot.checks[0].last.reset();
    CHECK(line_with(report, "check haproxy") == "  check haproxy: no result yet; up would add 30");

    contribution.idle = true;
    CHECK(line_with(report, "check haproxy") ==
          "  check haproxy: it runs while active, and does not count now; up would add 30");

    contribution = {
        .name = "haproxy", .is_interface = false, .weight = 0, .up = true, .known = true, .applied = 0};
    CHECK(line_with(report, "check haproxy") == "  check haproxy: up; down is a fault");

    contribution = {.name = "haproxy",
                    .is_interface = false,
                    .weight = -200,
                    .up = false,
                    .known = true,
                    .applied = -200};
    view.effective_priority = vrrp::Priority{1};
    CHECK(line_with(report, "Priority") ==
          "Priority 1 = 101 configured - 200 check haproxy (down) = -99, kept within 1..254");

    view.configured_priority = view.effective_priority = vrrp::Priority{255};
    CHECK(line_with(report, "Priority") ==
          "Priority 255 = 255 configured (owner of the addresses: nothing changes it)");
}

TEST_CASE("a check that is set by hand is told so, and what it finds is its last result, no cause") {
    auto report = active_report();
    auto& check = report.snapshot.checks[0];
    check.set_by_hand = false;
    check.streak = 1;
    check.last->detail = "2 of 2 servers up";
    CHECK(line_with(report, "Priority") ==
          "Priority 81 = 101 configured - 20 check haproxy (down, set by hand; "
          "its last result: 2 of 2 servers up)");
    CHECK(line_with(report, "in a row") == "no line with in a row"); // results do not turn it
    report.snapshot.instances[0].contributions[0].share = 0;
    check.last.reset();
    CHECK(line_with(report, "Priority") ==
          "Priority 81 = 101 configured - 20 check haproxy (down, set by hand)");
    auto good = backup_report();
    good.snapshot.checks[0].set_by_hand = true;
    CHECK(
        line_with(good, "  check haproxy") ==
        "  check haproxy: up, set by hand; its last result: exit status 1: refused; down would subtract 20");
}

TEST_CASE("what is tracked the other way round is well when it is down") {
    auto report = active_report();
    auto& contribution = report.snapshot.instances[0].contributions[0];
    contribution.reverse = true;
    contribution.up = true;
    CHECK(line_with(report, "Priority") ==
          "Priority 81 = 101 configured - 20 check haproxy (up, and should be "
          "down: exit status 1: refused)");
    contribution.up = false;
    contribution.applied = 0;
    CHECK(line_with(report, "  check haproxy") ==
          "  check haproxy: down, as it should be; up would subtract 20");
    contribution.weight = 5;
    contribution.up = true;
    CHECK(line_with(report, "  check haproxy") ==
          "  check haproxy: up, and should be down: exit status 1: refused; down would add 5");
    contribution.weight = 0;
    contribution.up = false;
    CHECK(line_with(report, "  check haproxy") == "  check haproxy: down, as it should be; up is a fault");
}

TEST_CASE("a check on its way up counts good results") {
    auto report = backup_report();
    report.snapshot.instances[0].contributions[0].up = false;
    report.snapshot.checks[0].state = vrrp::CheckView::State::down;
    report.snapshot.checks[0].last->detail = "exit status 0";
    CHECK(line_with(report, "in a row") ==
          "  check haproxy: 1 of 2 results in a row to be up; the last: exit status 0");
}

TEST_CASE("addresses of an owner stay on its host only if they are there") {
    auto report = backup_report();
    auto& view = report.snapshot.instances[0];
    view.excluded.clear();
    view.has_routes = false;
    view.configured_priority = vrrp::Priority{255};
    CHECK(line_with(report, "Does not hold") == "Does not hold 10.0.1.100/24, 10.0.1.101/24");
    view.addresses_own = {view.addresses.back()};
    CHECK(line_with(report, "Does not hold") ==
          "Does not hold 10.0.1.100/24, 10.0.1.101/24; but this host's own are on it all the same "
          "(priority 255): 10.0.1.101/24");
    view.addresses_held = true;
    CHECK(line_with(report, "Holds") == "Holds 10.0.1.100/24, 10.0.1.101/24");
}

TEST_CASE("handing over, no preemption, a timer that is due") {
    auto report = active_report();
    report.snapshot.instances[0].handing_over = true;
    CHECK(line_with(report, "Handing over") ==
          "Handing over: has resigned, keeps its addresses until the successor is heard");

    report = backup_report();
    report.snapshot.instances[0].preempt = false;
    report.snapshot.instances[0].deadline = at(1299s);
    CHECK(line_with(report, "Preemption") ==
          "Preemption is off: does not take over from an active router of lower priority");
    CHECK(line_with(report, "Takes over") == "Takes over in 0 ms unless an advert comes (Active_Down_Timer)");
}

TEST_CASE("at its gate, and released by hand") {
    auto report = backup_report();
    report.snapshot.instances[0].gate_running = true;
    CHECK(line_with(report, "At its gate") ==
          "At its gate: takes over when its before_active hooks have succeeded; until then it sends nothing");

    report = backup_report();
    report.snapshot.instances[0].released = true;
    CHECK(line_with(report, "Released") ==
          "Released by hand: takes nothing over, until `batonctl resume VI_1`");
    report.snapshot.instances[0].release_until = at(1420s);
    CHECK(line_with(report, "Released") ==
          "Released by hand: takes nothing over, until 2025-03-01T12:07:00.000000Z (2m more), or "
          "`batonctl resume VI_1`");
}

TEST_CASE("an unknown instance is told whom there is, and whom one may have meant") {
    auto report = active_report();
    CHECK(*find_instance(report, "VI_1") == 0);
    CHECK(find_instance(report, "V_1").error().text ==
          R"(there is no instance "V_1"; did you mean "VI_1"? (there are: VI_1))");
    report.snapshot.instances.push_back(active_instance());
    report.snapshot.instances[1].name = "mail";
    CHECK(*find_instance(report, "mail") == 1);
    CHECK(find_instance(report, "something").error().text ==
          R"(there is no instance "something" (there are: VI_1, mail))");
    CHECK(find_instance({}, "x").error().text == R"(there is no instance "x" (there are none))");
}

TEST_CASE("the JSON has the lines and the instance") {
    const auto report = active_report();
    const auto json = why_json(report, 0);
    CHECK(json["name"] == "VI_1");
    CHECK(json["text"].get<Lines>() == why_text(report, 0));
    CHECK(json["instance"] == status_json(report)["instances"][0]);
}
