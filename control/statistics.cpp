#include "control/statistics.h"

#include "control/times.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace baton::control {
namespace {

using Counters = std::vector<std::pair<std::string, std::uint64_t>>;

constexpr std::array<Leaf, 9> of_a_router{{
    {"master-transitions", {"became_active"}},
    {"advertisement-rcvd", {"adverts_received"}},
    {"advertisement-sent", {"adverts_sent"}},
    {"interval-errors", {"interval_mismatch", "rejected_interval_mismatch", "rejected_interval_zero"}},
    {"priority-zero-pkts-rcvd", {"priority_zero_received"}},
    {"priority-zero-pkts-sent", {"priority_zero_sent"}},
    {"invalid-type-pkts-rcvd", {"rejected_type"}},
    {"address-list-errors",
     {"address_list_mismatch", "rejected_address_list", "rejected_count_zero", "rejected_first_address"}},
    {"packet-length-errors", {"rejected_too_short", "rejected_length"}},
}};

constexpr std::array<Leaf, 4> of_the_node{{
    {"checksum-errors", {"rejected_checksum"}},
    {"version-errors", {"rejected_version"}},
    {"vrid-errors", {"rejected_unknown_vrid"}},
    {"ip-ttl-errors", {"rejected_hop_limit"}},
}};

std::uint64_t sum(const Leaf& leaf, const Counters& counters) {
    std::uint64_t total = 0;
    for (const auto& [name, count] : counters)
        if (std::find(leaf.counters.begin(), leaf.counters.end(), name) != leaf.counters.end())
            total += count;
    return total;
}

Json beginning(const Report& report) { return {{"discontinuity-datetime", rfc3339(report.started)}}; }

} // namespace

std::span<const Leaf> router_leaves() { return of_a_router; }
std::span<const Leaf> node_leaves() { return of_the_node; }

Json router_statistics(const Report& report, std::size_t index) {
    Json json = beginning(report);
    for (const auto& leaf : of_a_router)
        json[std::string(leaf.name)] = sum(leaf, report.snapshot.instances.at(index).counters);
    return json;
}

Json node_statistics(const Report& report) {
    Json json = beginning(report);
    for (const auto& leaf : of_the_node) {
        auto total = sum(leaf, report.snapshot.counters);
        for (const auto& instance : report.snapshot.instances)
            total += sum(leaf, instance.counters);
        json[std::string(leaf.name)] = total;
    }
    return json;
}

} // namespace baton::control
