#include "auth/marks.h"

#include <algorithm>

namespace baton::auth {
namespace {

constexpr auto pause_after_failure = std::chrono::seconds(1);

/// So many of our own numbers are reserved where the clock is behind them and they count on by one. Were it a
/// time, a process that dies again and again would run out of its peers' window.
constexpr std::uint64_t counted_reserve = 4096;

Sequence later_of(Sequence a, Sequence b) { return newer(a, b) ? a : b; }

Sequence own_reserved(Sequence own, WallTime now, Duration reserve) {
    return later_of(later(sequence_at(now), reserve), Sequence{own.value + counted_reserve});
}

} // namespace

void Marks::keep(std::optional<Sequence> own, const std::vector<HeardMark>& heard, WallTime now) {
    if (covers(own, heard) || pausing(now))
        return;
    MarkSet ahead{saved().own, heard, false};
    if (own) {
        const auto wanted = own_reserved(*own, now, reserve_);
        ahead.own = later_of(wanted, saved().own.value_or(wanted));
    }
    for (auto& sender : ahead.heard) {
        const auto wanted = later(sender.mark, reserve_);
        sender.mark = later_of(wanted, saved_mark_of(sender.source).value_or(wanted));
    }
    if (auto written = file_.write(ahead); !written) {
        trouble_ = written.error();
        failed_at_ = now;
        return;
    }
    trouble_.reset();
}

Result<void, Error> Marks::close(std::optional<Sequence> own, const std::vector<HeardMark>& heard) {
    return file_.write({own ? own : saved().own, heard, true});
}

bool Marks::covers(std::optional<Sequence> own, const std::vector<HeardMark>& heard) const {
    if (own && (!saved().own || newer(*own, *saved().own)))
        return false;
    return std::all_of(heard.begin(), heard.end(), [&](const HeardMark& sender) {
        const auto mark = saved_mark_of(sender.source);
        return mark && !newer(sender.mark, *mark);
    });
}

std::optional<Sequence> Marks::saved_mark_of(const IpAddress& source) const {
    for (const auto& sender : saved().heard)
        if (sender.source == source)
            return sender.mark;
    return std::nullopt;
}

/// The clock may have been set back since.
bool Marks::pausing(WallTime now) const {
    return trouble_ && now >= failed_at_ && now < failed_at_ + pause_after_failure;
}

} // namespace baton::auth
