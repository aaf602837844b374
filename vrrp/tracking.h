// From raw results to a priority: counting in a row (rise, fall), and the sum of weights.
#pragma once

#include "base/time.h"
#include "vrrp/event.h"
#include "vrrp/settings.h"
#include "vrrp/snapshot.h"

#include <optional>
#include <span>

namespace baton::vrrp {

/// How much of a thing is well, steadied like a state: it falls after `fall` results in a row that are lower,
/// to the greatest of them, and rises after `rise` that are higher, to the least of them.
class ShareTracker {
public:
    /// With one to begin with it takes `fall` or `rise` to change; without, the first counts at once.
    explicit ShareTracker(std::optional<double> initial = std::nullopt) : share_(initial) {}

    /// True when it changed.
    bool take(double share, unsigned rise, unsigned fall);

    /// A bad result that tells of none: what was higher must come in a row again.
    void interrupt_rise() { higher_ = 0; }

    [[nodiscard]] std::optional<double> share() const { return share_; }

private:
    std::optional<double> share_;
    unsigned lower_{0};
    unsigned higher_{0};
    double least_of_higher_{0};
    double greatest_of_lower_{0};
};

/// One check's state. Unknown until the first result, which counts at once, unless it has an initial state;
/// from then on it takes `fall` bad results in a row to go down and `rise` good ones to come up. What is set
/// by hand counts instead, until it is taken back; results are counted all the same.
///
/// One that runs only while an instance is Active counts as nothing before its first result. When it ends,
/// what it has found is held against those that track it, and never in their favour, for `hold_down`; then it
/// is forgotten (decision 022).
class CheckTracker {
public:
    CheckTracker(const CheckSettings& settings, Time now);

    /// Other numbers, or another program under the old name: the state stays, and turns as it would have.
    void use(const CheckSettings& settings);

    /// Takes a raw result; true when the state changed.
    [[nodiscard]] bool handle(const Probed& probed, Time now);

    /// What counts may be something else now, also where the state is the same: a share, a check at rest.
    void set(std::optional<bool> up, Time now);

    /// It begins to run, or ends; true when it did the other before.
    [[nodiscard]] bool run(bool runs, Time now);

    /// When to call elapsed(), at the latest.
    [[nodiscard]] std::optional<Time> deadline() const { return view_.forgotten_at; }

    /// True when what was found is forgotten now.
    [[nodiscard]] bool elapsed(Time now);

    enum class Weight : std::uint8_t { full, against_only, none };
    [[nodiscard]] Weight counts() const;

    [[nodiscard]] CheckView::State state() const { return view_.state; }
    [[nodiscard]] const CheckView& view() const { return view_; }

    /// 0..1; 1 when it is up and cannot tell more, 0 when it is not.
    [[nodiscard]] double share() const;

private:
    void count(bool ok);
    void take_share(const Probed& probed);
    [[nodiscard]] ShareTracker initial_share() const;
    void forget();
    [[nodiscard]] bool show(Time now);

    CheckView view_;
    CheckView::State initial_{CheckView::State::unknown};
    CheckView::State found_{CheckView::State::unknown}; ///< by the results
    Duration hold_down_{};
    ShareTracker share_;
};

/// What a tracked thing adds to the priority (snapshot.h says what `weight` means). `share` of it is well.
[[nodiscard]] int applied_weight(int weight, double share);

/// The configured priority with all contributions, within 1..254. The owner's stays 255.
[[nodiscard]] Priority effective_priority(Priority configured, std::span<const Contribution> contributions);

} // namespace baton::vrrp
