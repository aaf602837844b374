#include "auth/sequence.h"

#include <algorithm>
#include <cassert>

namespace baton::auth {
namespace {

using std::chrono::duration_cast;
using std::chrono::seconds;

constexpr std::int64_t fractions = 65536; // of a second
constexpr std::int64_t nanoseconds_a_second = 1'000'000'000;

/// A span of time as a difference of numbers, in whole fractions.
std::uint64_t steps(Duration span) {
    const auto whole = std::chrono::floor<seconds>(span);
    const auto fraction = (span - whole).count() * fractions / nanoseconds_a_second;
    return static_cast<std::uint64_t>(whole.count()) << 32 | static_cast<std::uint64_t>(fraction) << 16;
}

} // namespace

Sequence sequence_at(WallTime now) { return Sequence{steps(now.time_since_epoch())}; }

bool newer(Sequence a, Sequence b) { return static_cast<std::int64_t>(a.value - b.value) > 0; }

Sequence later(Sequence sequence, Duration by) {
    assert(by >= Duration::zero());
    return Sequence{sequence.value + steps(by)};
}

std::int32_t seconds_ahead(Sequence sequence, WallTime now) {
    const auto theirs = static_cast<std::uint32_t>(sequence.value >> 32);
    const auto ours = static_cast<std::uint32_t>(sequence_at(now).value >> 32);
    return static_cast<std::int32_t>(theirs - ours);
}

Sequence Outgoing::next(WallTime now) {
    const auto clock = sequence_at(now);
    last_ = last_ && !newer(clock, *last_) ? Sequence{last_->value + 1} : clock;
    return *last_;
}

Senders::Senders(Settings settings, const std::vector<HeardMark>& known)
    : settings_(settings), senders_(known) {
    assert(settings.limit > 0);
    assert(settings.window >= min_window && settings.window <= max_window);
}

bool Senders::in_window(Sequence sequence, WallTime now) const {
    if (settings_.freshness == Freshness::monotonic)
        return true;
    const std::int64_t ahead = seconds_ahead(sequence, now); // 64 bits: the least of 32 has no positive
    return std::max(ahead, -ahead) <= settings_.window.count();
}

bool Senders::admits(const IpAddress& source, Sequence sequence, WallTime now) const {
    if (const auto known = find(source); known != senders_.end())
        return newer(sequence, known->mark);
    return senders_.size() < settings_.limit || dispensable(now) != senders_.end();
}

void Senders::take(const IpAddress& source, Sequence sequence, WallTime now) {
    assert(admits(source, sequence, now));
    auto gone = find(source);
    if (gone == senders_.end() && senders_.size() >= settings_.limit)
        gone = dispensable(now);
    if (gone != senders_.end())
        senders_.erase(gone);
    senders_.push_back({source, sequence});
}

std::vector<HeardMark>::const_iterator Senders::find(const IpAddress& source) const {
    return std::find_if(senders_.begin(), senders_.end(),
                        [&](const HeardMark& sender) { return sender.source == source; });
}

/// Whose numbers up to its mark are all too old for the window.
std::vector<HeardMark>::const_iterator Senders::dispensable(WallTime now) const {
    if (settings_.freshness == Freshness::monotonic)
        return senders_.end();
    return std::find_if(senders_.begin(), senders_.end(), [&](const HeardMark& sender) {
        return seconds_ahead(sender.mark, now) < -settings_.window.count();
    });
}

} // namespace baton::auth
