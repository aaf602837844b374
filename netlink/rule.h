// A policy rule that an Active router holds: which packets look into which routing table (ip-rule(8)).
//
// A plain value. The priority is required: without one the kernel would choose, and choose anew at each
// takeover, so that no two nodes agree. Pure.
#pragma once

#include "base/address.h"
#include "netlink/route.h"

#include <cstdint>
#include <optional>
#include <string>

namespace baton::netlink {

/// A packet matches when its mark, with `mask` laid over it, is `value`.
struct FirewallMark {
    std::uint32_t value{0};
    std::uint32_t mask{0xffffffff};

    friend bool operator==(const FirewallMark&, const FirewallMark&) = default;
};

struct Rule {
    Family family{Family::ipv4};
    std::uint32_t priority{0}; ///< the least is looked at first; 0 stands before the table "local"
    std::optional<Prefix> from;
    std::optional<Prefix> to;
    std::string iif;                  ///< name of the interface the packet came in by; "lo": from this host
    std::string oif;                  ///< name of the interface a socket is bound to
    std::optional<FirewallMark> mark; ///< "fwmark"
    std::uint32_t table{main_table};  ///< 0 means main; need not have a route

    friend bool operator==(const Rule&, const Rule&) = default;
};

/// The same rule as the kernel tells it back: what matches everything is not said, the table always.
[[nodiscard]] Rule normal(Rule rule);

/// "from 10.0.1.100/32 table 100 priority 50", as ip-rule(8) takes it.
[[nodiscard]] std::string describe(const Rule& rule);

} // namespace baton::netlink
