#include "vrrp/tracking.h"

#include <algorithm>

namespace baton::vrrp {

CheckTracker::CheckTracker(const CheckSettings& settings, Time now) {
    view_.name = settings.name;
    view_.since = now;
    view_.rise = settings.rise;
    view_.fall = settings.fall;
    if (settings.initial)
        view_.state = *settings.initial ? CheckView::State::up : CheckView::State::down;
}

void CheckTracker::use(const CheckSettings& settings) {
    view_.rise = settings.rise;
    view_.fall = settings.fall;
}

bool CheckTracker::handle(const Probed& probed, Time now) {
    view_.last = CheckView::Result{probed.ok, probed.detail, probed.took, now};
    const auto says = probed.ok ? CheckView::State::up : CheckView::State::down;
    if (says == view_.state) {
        view_.streak = 0;
        return false;
    }
    ++view_.streak;
    const auto needed = probed.ok ? view_.rise : view_.fall;
    if (view_.state != CheckView::State::unknown && view_.streak < needed)
        return false;
    view_.state = says;
    view_.since = now;
    view_.streak = 0;
    return true;
}

int applied_weight(int weight, bool up) {
    if (weight > 0)
        return up ? weight : 0;
    return up ? 0 : weight;
}

Priority effective_priority(Priority configured, std::span<const Contribution> contributions) {
    if (configured == owner)
        return owner;
    int sum = configured.value;
    for (const auto& contribution : contributions)
        sum += contribution.applied;
    return Priority{static_cast<std::uint8_t>(std::clamp(sum, 1, 254))};
}

} // namespace baton::vrrp
