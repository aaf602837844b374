// What an operator should hear of, and how often: refused adverts, and peers that are set up otherwise.
//
// The first of a kind is told at once, then at most one in its time, with the number of those between; of a
// few senders each by itself, so that none hides another. Who floods us can neither fill the log nor hide the
// count (RFC 9568 section 7.1: logging is rate-limited).
#pragma once

#include "base/address.h"
#include "base/time.h"
#include "vrrp/advert.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace baton::vrrp {

enum class NoticeKind : std::uint8_t {
    interval_differs,   ///< accepted; RFC 9568 section 7.1
    addresses_differ,   ///< accepted; section 7.1
    owner_hears_advert, ///< we are the owner, and somebody else advertises (erratum 8298)
    equal_priority,     ///< a peer has our priority (section 8.3.2)
    second_active,      ///< another router is Active beside us
    checksum_form,      ///< how the peer sums, told when it changes (decision 005)
    foreign_address,    ///< a virtual address is on this host, and not by baton: `source` is that address
    address_claimed,    ///< another host says it has one of those held here: `source` is that address
};
inline constexpr std::size_t notice_kind_count = 8;

/// The kind's name for programs: "interval_differs".
[[nodiscard]] const char* to_string(NoticeKind kind);

/// What is told: that an advert was refused, or something of `kind` about one that was taken.
struct Notice {
    std::optional<Reject> rejected;
    NoticeKind kind{};
    IpAddress source;                ///< who sent the advert, mostly
    Priority priority;               ///< what the advert says; not for a refused one
    Duration interval{};             ///< the same
    ChecksumForm form{};             ///< the same
    std::uint64_t untold{0};         ///< of the same sort since the last that was told
    bool while_active{false};        ///< of a refused one: this router is Active
    std::optional<MacAddress> mac{}; ///< who claims the address

    /// Something is wrong now, rather than set up otherwise.
    [[nodiscard]] bool is_trouble() const {
        return rejected || kind == NoticeKind::second_active || kind == NoticeKind::owner_hears_advert ||
               kind == NoticeKind::foreign_address || kind == NoticeKind::address_claimed;
    }
};

/// Of a refused advert.
[[nodiscard]] Notice refusal(Reject reason, const IpAddress& source);

/// What is wrong with the advert, as a clause: "its checksum is wrong".
[[nodiscard]] std::string describe(Reject reason);

/// One sentence for people, without a full stop.
[[nodiscard]] std::string describe(const Notice& notice);

/// Counts and lets through.
class NoticeLimit {
public:
    /// Senders that are told of by themselves, for each kind; the others are told of together.
    static constexpr std::size_t senders = 8;

    /// The notice with the number of those untold, when it is to be told; nothing when it is not.
    [[nodiscard]] std::optional<Notice> admit(Notice notice, Time now);

private:
    struct Gate {
        std::optional<Time> next;
        std::uint64_t untold{0};
    };

    /// Of one kind.
    struct Gates {
        std::vector<std::pair<IpAddress, Gate>> of_senders;
        Gate of_others;
    };

    [[nodiscard]] static Gate& gate_of(const IpAddress& source, Gates& gates, Time now);

    std::array<Gates, notice_kind_count> kinds_{};
    std::array<Gate, reject_count> rejects_{};
};

} // namespace baton::vrrp
