// What the daemon shows of itself: the snapshot of its Node in the order of the configuration, and beside it
// what only the daemon knows.
#include "daemon/daemon.h"

#include "base/version.h"
#include "daemon/clock.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>

namespace baton::daemon {
namespace {

/// Where a name stands in the configuration.
class Places {
public:
    template <class Named>
    explicit Places(const std::vector<Named>& configured) {
        for (const auto& one : configured)
            places_.emplace(one.name, places_.size());
    }

    /// Behind all others if it is not there.
    [[nodiscard]] std::size_t of(std::string_view name) const {
        const auto found = places_.find(name);
        return found == places_.end() ? places_.size() : found->second;
    }

private:
    std::unordered_map<std::string_view, std::size_t> places_;
};

template <class View>
void sort(std::vector<View>& views, const Places& places) {
    std::stable_sort(views.begin(), views.end(),
                     [&](const View& a, const View& b) { return places.of(a.name) < places.of(b.name); });
}

} // namespace

control::Report Daemon::report() {
    const auto now = boot_now();
    control::Report report;
    report.version = version();
    report.node = config_.node;
    report.uptime = now - started_;
    report.started = started_at_;
    report.snapshot = node_.snapshot(now);
    report.boot_to_wall = boot_to_wall();
    sort(report.snapshot.instances, Places(config_.settings.instances));
    const Places checks(config_.settings.checks);
    sort(report.snapshot.checks, checks);
    for (const auto& instance : report.snapshot.instances) {
        report.transitions.push_back(journal_.transitions(instance.name));
        control::Authentication other;
        if (node_.settings_of(instance.id).password)
            other.kind = "password";
        const auto& host = edges_->host(instance.id);
        report.hosting.push_back({host.accept, host.lease});
        report.hooks.push_back(hooks_.view(instance.name));
        report.authentication.push_back(signatures_.view(instance.id, wall_now()).value_or(other));
    }
    for (const auto& check : report.snapshot.checks) {
        const auto place = checks.of(check.name);
        const bool configured = place < config_.checks.size();
        report.check_types.push_back(configured ? config::type_of(config_.checks[place]) : "");
    }
    report.sync_groups = hooks_.groups();
    told_times_.date(report);
    return report;
}

} // namespace baton::daemon
