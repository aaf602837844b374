#include "vrrp/tracking.h"

#include <algorithm>
#include <utility>

namespace baton::vrrp {

bool ShareTracker::take(double share, unsigned rise, unsigned fall) {
    if (!share_) {
        share_ = share;
        return true;
    }
    lower_ = share < *share_ ? lower_ + 1 : 0;
    higher_ = share > *share_ ? higher_ + 1 : 0;
    greatest_of_lower_ = lower_ == 1 ? share : std::max(greatest_of_lower_, share);
    least_of_higher_ = higher_ == 1 ? share : std::min(least_of_higher_, share);
    const bool falls = lower_ >= fall;
    if (!falls && higher_ < rise)
        return false;
    share_ = falls ? greatest_of_lower_ : least_of_higher_;
    lower_ = higher_ = 0;
    return true;
}

CheckTracker::CheckTracker(const CheckSettings& settings, Time now) {
    use(settings);
    view_.name = settings.name;
    view_.since = now;
    view_.runs = !settings.while_active;
    view_.state = found_ = initial_;
    share_ = initial_share();
}

void CheckTracker::use(const CheckSettings& settings) {
    view_.rise = settings.rise;
    view_.fall = settings.fall;
    view_.while_active = settings.while_active;
    hold_down_ = settings.hold_down;
    initial_ = CheckView::State::unknown;
    if (settings.initial)
        initial_ = *settings.initial ? CheckView::State::up : CheckView::State::down;
}

bool CheckTracker::handle(const Probed& probed, Time now) {
    if (!view_.runs)
        return false; // on its way when it ended
    view_.last = CheckView::Result{probed.ok, probed.detail, probed.took, now, probed.share};
    count(probed.ok);
    const auto before = view_.share;
    take_share(probed);
    return show(now) || view_.share != before;
}

/// A bad result may not tell; a good one that does not is of a check that cannot, by now.
void CheckTracker::take_share(const Probed& probed) {
    if (probed.share) {
        (void)share_.take(*probed.share, view_.rise, view_.fall);
        view_.share = share_.share();
    } else if (probed.ok) {
        share_ = initial_share();
        view_.share.reset();
    } else {
        share_.interrupt_rise();
    }
}

void CheckTracker::count(bool ok) {
    const auto says = ok ? CheckView::State::up : CheckView::State::down;
    if (says == found_) {
        view_.streak = 0;
        return;
    }
    ++view_.streak;
    if (found_ != CheckView::State::unknown && view_.streak < (ok ? view_.rise : view_.fall))
        return;
    found_ = says;
    view_.streak = 0;
}

void CheckTracker::set(std::optional<bool> up, Time now) {
    view_.set_by_hand = up;
    if (!up && view_.forgotten_at)
        forget(); // who takes it back by hand knows better than an old result
    (void)show(now);
}

bool CheckTracker::run(bool runs, Time now) {
    if (std::exchange(view_.runs, runs) == runs)
        return false;
    const bool found_something = found_ != CheckView::State::unknown;
    view_.forgotten_at = runs || !found_something ? std::nullopt : std::optional(now + hold_down_);
    return true;
}

bool CheckTracker::elapsed(Time now) {
    if (!view_.forgotten_at || now < *view_.forgotten_at)
        return false;
    forget();
    (void)show(now);
    return true;
}

void CheckTracker::forget() {
    view_.forgotten_at.reset();
    view_.streak = 0;
    view_.share.reset();
    found_ = initial_;
    share_ = initial_share();
}

/// As the state before the first result.
ShareTracker CheckTracker::initial_share() const {
    if (initial_ == CheckView::State::unknown)
        return ShareTracker();
    return ShareTracker(initial_ == CheckView::State::up ? 1 : 0);
}

CheckTracker::Weight CheckTracker::counts() const {
    if (view_.set_by_hand || !view_.while_active)
        return Weight::full;
    if (view_.runs)
        return view_.state == CheckView::State::unknown ? Weight::none : Weight::full;
    return view_.forgotten_at ? Weight::against_only : Weight::none;
}

/// True when what counts is another state than before.
bool CheckTracker::show(Time now) {
    const auto set = view_.set_by_hand;
    const auto counts = !set ? found_ : *set ? CheckView::State::up : CheckView::State::down;
    if (counts == view_.state)
        return false;
    view_.state = counts;
    view_.since = now;
    return true;
}

double CheckTracker::share() const {
    if (view_.state != CheckView::State::up)
        return 0;
    return view_.set_by_hand ? 1 : view_.share.value_or(1);
}

int applied_weight(int weight, double share) {
    const auto exact = weight * (weight > 0 ? share : 1 - share);
    return static_cast<int>(exact + (exact < 0 ? -0.5 : 0.5));
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
