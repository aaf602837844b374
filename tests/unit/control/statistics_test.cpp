// The counters of RFC 8347: of what they are sums, and that what they are sums of exists.
#include "control/statistics.h"

#include "sample.h"
#include "vrrp/node.h"

#include <algorithm>
#include <doctest/doctest.h>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>

using namespace baton;
using namespace baton::control;

namespace {

/// What a Node counts, of an instance and of itself.
vrrp::Snapshot snapshot_of_a_node() {
    vrrp::InstanceSettings instance;
    instance.name = "VI_1";
    instance.interface = "eth0";
    instance.vrid = vrrp::Vrid{51};
    instance.addresses = {*Prefix::parse("10.0.1.100/24")};
    vrrp::Settings settings;
    settings.instances = {instance};
    return vrrp::Node(settings, Time{}).snapshot(Time{});
}

std::uint64_t value(const Json& json, const char* name) { return json.at(name).get<std::uint64_t>(); }

} // namespace

TEST_CASE("each leaf is the sum of counters that a node has, and none counts twice") {
    const auto snapshot = snapshot_of_a_node();
    const auto has = [&](std::string_view wanted) {
        const auto& counters = snapshot.instances.front().counters;
        return std::any_of(counters.begin(), counters.end(),
                           [&](const auto& one) { return one.first == wanted; });
    };
    std::set<std::string_view> seen;
    for (const auto leaves : {router_leaves(), node_leaves()})
        for (const auto& leaf : leaves) {
            CHECK_FALSE(leaf.counters.front().empty());
            for (const auto counter : leaf.counters)
                if (!counter.empty()) {
                    CAPTURE(counter);
                    CHECK(has(counter));
                    CHECK(seen.insert(counter).second);
                }
        }
}

TEST_CASE("a router's errors are summed by what they are errors of, the node's over all") {
    auto report = active_report();
    report.snapshot.instances.push_back(report.snapshot.instances.front());
    report.snapshot.instances[0].counters = {{"interval_mismatch", 1},
                                             {"rejected_interval_mismatch", 20},
                                             {"rejected_interval_zero", 300},
                                             {"rejected_checksum", 5},
                                             {"rejected_own_source", 1000}};
    report.snapshot.instances[1].counters = {{"rejected_checksum", 60}, {"interval_mismatch", 9}};
    report.snapshot.counters = {{"rejected_checksum", 700}, {"rejected_unknown_vrid", 8}};
    CHECK(value(router_statistics(report, 0), "interval-errors") == 321);
    CHECK(value(router_statistics(report, 1), "interval-errors") == 9);
    CHECK(value(node_statistics(report), "checksum-errors") == 765);
    CHECK(value(node_statistics(report), "vrid-errors") == 8);
}

TEST_CASE("they have 64 bits") {
    auto report = active_report();
    const auto most = std::numeric_limits<std::uint64_t>::max();
    report.snapshot.instances[0].counters = {{"adverts_received", most}};
    CHECK(value(router_statistics(report, 0), "advertisement-rcvd") == most);
    CHECK(to_text(router_statistics(report, 0)).find("18446744073709551615") != std::string::npos);
}
