#include "vrrp/announce_pace.h"

#include <algorithm>

namespace baton::vrrp {
namespace {

constexpr Duration credit = std::chrono::milliseconds(100);

} // namespace

void AnnouncePace::limit(Effects& effects, Time now) {
    if (rate_ == 0)
        return;
    std::erase_if(effects, [&](Effect& effect) {
        auto* announce = std::get_if<Announce>(&effect);
        return announce != nullptr && !admit(*announce, now);
    });
}

bool AnnouncePace::admit(Announce& announce, Time now) {
    auto& line = lines_[announce.interface];
    std::erase_if(line.waiting,
                  [&](const Announce& waiting) { return waiting.instance == announce.instance; });
    const auto all = announce.addresses;
    const auto count = line.waiting.empty() ? pay(line, all.size(), now) : 0;
    announce.addresses = all.first(count);
    if (count < all.size()) {
        line.waiting.push_back(announce);
        line.waiting.back().addresses = all.subspan(count);
    }
    return count != 0;
}

void AnnouncePace::release(const std::function<bool(InstanceId)>& is_active, Time now, Effects& out) {
    for (auto& [interface, line] : lines_) {
        while (!line.waiting.empty()) {
            auto& first = line.waiting.front();
            if (!is_active(first.instance)) {
                line.waiting.pop_front();
                continue;
            }
            const auto all = first.addresses;
            const auto count = pay(line, all.size(), now);
            if (count == 0)
                break;
            out.emplace_back(Announce{first.instance, first.interface, all.first(count), first.form});
            first.addresses = all.subspan(count);
            if (first.addresses.empty())
                line.waiting.pop_front();
        }
    }
}

bool AnnouncePace::forget(InstanceId instance) {
    std::size_t dropped = 0;
    for (auto& [interface, line] : lines_)
        dropped += std::erase_if(line.waiting,
                                 [&](const Announce& waiting) { return waiting.instance == instance; });
    return dropped != 0;
}

std::size_t AnnouncePace::pay(Line& line, std::size_t wanted, Time now) const {
    const auto since = std::max(line.paid_until, now - std::max(credit, price()));
    if (since >= now)
        return 0;
    const auto count = std::min(wanted, static_cast<std::size_t>((now - since) / price()));
    line.paid_until = since + static_cast<Duration::rep>(count) * price();
    return count;
}

std::optional<Time> AnnouncePace::deadline() const {
    std::optional<Time> earliest;
    for (const auto& [interface, line] : lines_)
        if (!line.waiting.empty() && (!earliest || line.paid_until + price() < *earliest))
            earliest = line.paid_until + price();
    return earliest;
}

} // namespace baton::vrrp
