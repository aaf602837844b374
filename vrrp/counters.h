// What a router counts. 64 bits, never reset while the process lives.
#pragma once

#include "vrrp/advert.h"

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace baton::vrrp {

/// One counter for each reason to refuse an advert.
class RejectCounters {
public:
    void count(Reject reason) { ++counts_[static_cast<std::size_t>(reason)]; }

    /// Appends ("rejected_hop_limit", n) and so on, zeros included.
    void list(std::vector<std::pair<std::string, std::uint64_t>>& out) const {
        for (std::size_t i = 0; i < reject_count; ++i)
            out.emplace_back(std::string("rejected_") + to_string(static_cast<Reject>(i)), counts_[i]);
    }

private:
    std::array<std::uint64_t, reject_count> counts_{};
};

struct Counters {
    std::uint64_t became_active{0};
    std::uint64_t adverts_sent{0};                 ///< asked for; see send_errors
    std::uint64_t adverts_received{0};             ///< accepted ones
    std::uint64_t priority_zero_sent{0};           ///< part of adverts_sent
    std::uint64_t priority_zero_received{0};       ///< part of adverts_received
    std::uint64_t checksum_message_only{0};        ///< received in the RFC 9568 form
    std::uint64_t checksum_pseudo_header{0};       ///< received in the RFC 5798 form
    std::uint64_t checksum_group_pseudo_header{0}; ///< unicast, summed as if sent to the group
    std::uint64_t interval_mismatch{0};            ///< accepted, but with another interval than ours
    std::uint64_t address_list_mismatch{0};        ///< accepted, but with another address list than ours
    std::uint64_t conflicts{0};                    ///< adverts of a lesser Active router heard while Active
    std::uint64_t address_claims{0};               ///< by other hosts, of addresses held here
    std::uint64_t answers_suppressed{0};           ///< immediate adverts not sent because of the rate limit
    std::uint64_t address_repairs{0};              ///< virtual addresses put back after somebody removed them
    std::uint64_t stalls{0};                       ///< woken too late while Active
    std::uint64_t late_takeovers{0};               ///< taken over by a timer that was looked at too late
    std::uint64_t announcements{0};                ///< volleys of gratuitous ARP, or Neighbor Advertisements
    std::uint64_t send_errors{0};
    std::uint64_t hold_errors{0};
    std::uint64_t release_errors{0};
    std::uint64_t announce_errors{0};
    RejectCounters rejected;
};

} // namespace baton::vrrp
