#include "control/table.h"

#include "control/times.h"
#include "sample.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace baton;
using namespace baton::control;
using namespace std::chrono_literals;

TEST_CASE("instances and checks stand in aligned columns") {
    auto report = active_report();
    report.snapshot.instances.push_back(backup_report().snapshot.instances[0]);
    auto& second = report.snapshot.instances[1];
    second.name = "pr\xc3\xbc"
                  "fung"; // two octets, one column
    second.active_router.reset();
    second.handing_over = true;
    second.addresses.resize(1);
    second.excluded.clear();
    CHECK(
        status_table(status_json(report)) ==
        "lb1, batond 0.1.0, up 5m 4s\n"
        "\n"
        "INSTANCE  STATE                  PRIORITY  ACTIVE ROUTER  INTERFACE  VRID  ADDRESSES                "
        "                   "
        "SINCE                 REASON\n"
        "VI_1      active                 81/101    10.0.1.2       eth0       51    "
        "10.0.1.100/24,10.0.1.101/24,+10.0.9.100/32  "
        "2025-03-01T12:00:00Z  no advert to yield to for 3605.469 ms (Active_Down_Interval at priority 101)\n"
        "pr\xc3\xbc"
        "fung   backup (handing over)  101/101   -              eth0       51    10.0.1.100/24               "
        "                "
        "2025-03-01T12:04:56Z  began to take part\n"
        "\n"
        "CHECK    STATE  SINCE                 LAST RESULT\n"
        "haproxy  down   2025-03-01T12:01:40Z  exit status 1: refused\n");
}

TEST_CASE("faults stand below the instances; without checks there is no table of them") {
    auto report = backup_report();
    report.snapshot.instances[0].faults = {{"link_down", "interface eth0 has no link"}};
    report.snapshot.checks.clear();
    const auto table = status_table(status_json(report));
    CHECK(table.ends_with("began to take part\n\nfault of VI_1: interface eth0 has no link\n"));
    CHECK(table.find("CHECK") == std::string::npos);
}

TEST_CASE("trouble with authentication stands there as well") {
    auto report = backup_report();
    report.authentication = {{"hmac-sha256 (enforce)", 1, "the disk is full"}};
    CHECK(status_table(status_json(report)).find("\ntrouble of VI_1: the disk is full\n") !=
          std::string::npos);
}

TEST_CASE("whom the node preempts is told from whom it yields to") {
    auto report = backup_report();
    CHECK(status_table(status_json(report)).find(" 10.0.1.3  ") != std::string::npos);
    report.snapshot.instances[0].preempted_heard = at(1299s);
    CHECK(status_table(status_json(report)).find(" 10.0.1.3 (being preempted)  ") != std::string::npos);
}

TEST_CASE("refused adverts are a line below the table, for a minute") {
    auto report = backup_report();
    auto& refused = report.snapshot.instances[0].last_refused;
    refused = wrong_signature();
    const auto hint = [&] {
        const auto table = status_table(status_json(report));
        const auto at = table.find("VI_1 refuses");
        return at == std::string::npos ? "" : table.substr(at, table.find('\n', at) - at);
    };
    CHECK(hint() == "VI_1 refuses adverts: the last came from 10.0.1.3 400ms ago: its signature is wrong");
    refused->at = report.snapshot.at - refused_lately;
    CHECK(hint() == "");
    refused.reset();
    CHECK(hint() == "");
}

TEST_CASE("another Active router is a line below the table, as long as that lasts") {
    auto report = active_report();
    auto& rival = report.snapshot.instances[0].rival;
    rival = vrrp::RivalView{*IpAddress::parse("10.0.1.3"), vrrp::Priority{80}, at(1299s), at(1302s)};
    const std::string line = "\nVI_1: 10.0.1.3 is Active beside this node, with priority 80\n";
    CHECK(status_table(status_json(report)).find(line) != std::string::npos);
    rival->silent = report.snapshot.at;
    CHECK(status_table(status_json(report)).find("beside this node") == std::string::npos);
}

TEST_CASE("a check that does not run says so, and until when it is held against") {
    auto report = active_report();
    auto& check = report.snapshot.checks[0];
    check.while_active = true;
    check.runs = false;
    const auto shown = [&] { return status_table(status_json(report)); };
    CHECK(shown().find("haproxy  not running  ") != std::string::npos);
    check.forgotten_at = check.since + std::chrono::seconds(60);
    CHECK(shown().find("haproxy  down (until 2025-03-01T12:02:40Z)  ") != std::string::npos);
    check.set_by_hand = false;
    CHECK(shown().find("haproxy  down (set by hand)  ") != std::string::npos);
}

TEST_CASE("a check without a result says so") {
    auto report = backup_report();
    report.snapshot.checks[0].last.reset();
    CHECK(status_table(status_json(report)).ends_with("no result yet\n"));
}

TEST_CASE("what is not a status is refused") {
    CHECK_THROWS_AS((void)status_table(Json::parse("{}")), Json::exception);
    CHECK_THROWS_AS((void)status_table(Json::parse(R"({"instances": 1})")), Json::exception);
}
