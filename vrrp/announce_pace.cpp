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
    const auto all = announce.addresses;
    const auto waiting = std::find_if(line.waiting.begin(), line.waiting.end(), [&](const auto& one) {
        return one.rest.instance == announce.instance;
    });
    if (waiting != line.waiting.end() && waiting->all.data() == all.data() &&
        waiting->all.size() == all.size()) {
        waiting->again = true;
        return false;
    }
    if (waiting != line.waiting.end()) // of a list that is another one now
        line.waiting.erase(waiting);
    const auto count = line.waiting.empty() ? pay(line, announce, now) : 0;
    announce.addresses = all.first(count);
    if (count < all.size()) {
        line.waiting.push_back({announce, all, false});
        line.waiting.back().rest.addresses = all.subspan(count);
    }
    return count != 0;
}

void AnnouncePace::release(const std::function<bool(InstanceId)>& is_active, Time now, Effects& out) {
    for (auto& [interface, line] : lines_) {
        while (!line.waiting.empty()) {
            auto& first = line.waiting.front();
            auto& rest = first.rest;
            if (!is_active(rest.instance)) {
                line.waiting.pop_front();
                continue;
            }
            const auto some = rest.addresses;
            const auto count = pay(line, rest, now);
            if (count == 0)
                break;
            out.emplace_back(Announce{rest.instance, rest.interface, some.first(count), rest.form});
            rest.addresses = some.subspan(count);
            if (!rest.addresses.empty())
                continue;
            if (first.again) { // behind the others that wait
                rest.addresses = first.all;
                line.waiting.push_back({rest, first.all, false});
            }
            line.waiting.pop_front();
        }
    }
}

bool AnnouncePace::forget(InstanceId instance) {
    std::size_t dropped = 0;
    for (auto& [interface, line] : lines_)
        dropped += std::erase_if(line.waiting,
                                 [&](const auto& waiting) { return waiting.rest.instance == instance; });
    return dropped != 0;
}

std::size_t AnnouncePace::pay(Line& line, const Announce& announce, Time now) const {
    const auto each = price(announce);
    const auto since = std::max(line.paid_until, now - std::max(credit, each));
    if (since >= now)
        return 0;
    const auto count = std::min(announce.addresses.size(), static_cast<std::size_t>((now - since) / each));
    line.paid_until = since + static_cast<Duration::rep>(count) * each;
    return count;
}

std::optional<Time> AnnouncePace::deadline() const {
    std::optional<Time> earliest;
    for (const auto& [interface, line] : lines_) {
        if (line.waiting.empty())
            continue;
        const auto next = line.paid_until + price(line.waiting.front().rest);
        if (!earliest || next < *earliest)
            earliest = next;
    }
    return earliest;
}

} // namespace baton::vrrp
