#include "daemon/told_times.h"

#include "control/times.h"

#include <utility>

namespace baton::daemon {
namespace {

/// All that has happened, and is shown with its time. What is to come goes by the clocks as they are.
std::vector<Time> shown(const vrrp::Snapshot& snapshot) {
    std::vector<Time> moments;
    for (const auto& instance : snapshot.instances) {
        moments.push_back(instance.since);
        if (instance.last_refused)
            moments.push_back(instance.last_refused->at);
        if (instance.rival)
            moments.push_back(instance.rival->heard);
    }
    for (const auto& check : snapshot.checks) {
        moments.push_back(check.since);
        if (check.last)
            moments.push_back(check.last->at);
    }
    return moments;
}

} // namespace

void ToldTimes::date(control::Report& report) {
    report.moments = std::exchange(told_, {});
    for (const auto& transitions : report.transitions)
        if (!transitions.empty())
            report.moments.emplace(transitions.back().decided, transitions.back().at);
    for (const auto moment : shown(report.snapshot))
        told_.emplace(moment, control::time_of_day(report, moment));
    report.moments = told_;
}

} // namespace baton::daemon
