// From raw results to a priority: counting in a row (rise, fall), and the sum of weights.
#pragma once

#include "base/time.h"
#include "vrrp/event.h"
#include "vrrp/settings.h"
#include "vrrp/snapshot.h"

#include <span>

namespace baton::vrrp {

/// One check's state. Unknown until the first result, which counts at once, unless it has an initial state;
/// from then on it takes `fall` bad results in a row to go down and `rise` good ones to come up.
class CheckTracker {
public:
    CheckTracker(const CheckSettings& settings, Time now);

    /// Other numbers, or another program under the old name: the state stays, and turns as it would have.
    void use(const CheckSettings& settings);

    /// Takes a raw result; true when the state changed.
    [[nodiscard]] bool handle(const Probed& probed, Time now);

    [[nodiscard]] CheckView::State state() const { return view_.state; }
    [[nodiscard]] const CheckView& view() const { return view_; }

private:
    CheckView view_;
};

/// What a tracked thing adds to the priority (snapshot.h says what `weight` means).
[[nodiscard]] int applied_weight(int weight, bool up);

/// The configured priority with all contributions, within 1..254. The owner's stays 255.
[[nodiscard]] Priority effective_priority(Priority configured, std::span<const Contribution> contributions);

} // namespace baton::vrrp
