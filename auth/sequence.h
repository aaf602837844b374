// The numbers adverts are signed with, and who has been heard with which: so that none is heard twice.
//
// A number is seconds since 1970 (32 bits), fraction of the second in 1/65536 (16 bits), counter (16 bits).
// It wraps in 2106, so numbers are compared as serial numbers (RFC 1982). No clock is read here.
#pragma once

#include "auth/settings.h"
#include "base/address.h"
#include "base/strong.h"
#include "base/time.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

namespace baton::auth {

/// The time of day, UTC since 1970, as a value that the caller passes in.
using WallTime = std::chrono::sys_time<std::chrono::nanoseconds>;

using Sequence = Strong<struct SequenceTag, std::uint64_t>;

/// The number of this moment, with counter 0.
[[nodiscard]] Sequence sequence_at(WallTime now);

/// Whether `a` comes after `b`: strictly, and by less than half of all numbers (RFC 1982 section 3.2).
[[nodiscard]] bool newer(Sequence a, Sequence b);

/// The number that a clock shows `by` (not negative) after it showed `sequence`.
[[nodiscard]] Sequence later(Sequence sequence, Duration by);

/// Seconds, in whole, from `now` to the number's own: positive when it is ahead of the clock.
[[nodiscard]] std::int32_t seconds_ahead(Sequence sequence, WallTime now);

/// Gives out our own numbers: the clock's, or where that stands still or went back, the last and one.
class Outgoing {
public:
    /// `last` is the greatest number that may ever have been sent.
    explicit Outgoing(std::optional<Sequence> last = std::nullopt) : last_(last) {}

    [[nodiscard]] Sequence next(WallTime now);
    [[nodiscard]] std::optional<Sequence> last() const { return last_; }

private:
    std::optional<Sequence> last_;
};

struct HeardMark {
    IpAddress source;
    Sequence mark; ///< the greatest number accepted from there

    friend bool operator==(const HeardMark&, const HeardMark&) = default;
};

/// The senders heard, each with its mark. Ask in_window() before the MAC is looked at, admits() after.
class Senders {
public:
    static constexpr std::size_t usual_limit = 64;

    struct Settings {
        Freshness freshness{Freshness::time};
        std::chrono::seconds window{5}; ///< min_window..max_window; Freshness::time only
        std::size_t limit{usual_limit}; ///< senders remembered, at least 1
    };

    /// `known` is what an earlier life has heard, the one heard longest ago first.
    explicit Senders(Settings settings, const std::vector<HeardMark>& known = {});

    /// Always true with Freshness::monotonic.
    [[nodiscard]] bool in_window(Sequence sequence, WallTime now) const;

    /// Whether `sequence` is above all that `source` has sent. Also false where nothing tells: a new sender
    /// when there is no room for it (see take()).
    [[nodiscard]] bool admits(const IpAddress& source, Sequence sequence, WallTime now) const;

    /// Raises the sender's mark to `sequence`, which admits() let through. Where a new sender finds no room,
    /// the one heard longest ago goes, of those whose marks the window alone refuses by now. With
    /// Freshness::monotonic none ever goes: nothing but its mark tells an old number of it.
    void take(const IpAddress& source, Sequence sequence, WallTime now);

    /// The one heard longest ago first.
    [[nodiscard]] const std::vector<HeardMark>& marks() const { return senders_; }

private:
    [[nodiscard]] std::vector<HeardMark>::const_iterator find(const IpAddress& source) const;
    [[nodiscard]] std::vector<HeardMark>::const_iterator dispensable(WallTime now) const;

    Settings settings_;
    std::vector<HeardMark> senders_;
};

} // namespace baton::auth
