#include "daemon/checks.h"

#include "daemon/check_runner.h"

#include <set>

namespace baton::daemon {

void Checks::fit(const config::Config& config) {
    std::set<std::string> wanted;
    for (std::size_t i = 0; i < config.checks.size(); ++i) {
        const auto& name = config.settings.checks[i].name;
        wanted.insert(name);
        auto& running = running_[name];
        if ((running.script || running.prober) && running.check == config.checks[i]) {
            read_certificates_again(running);
            continue;
        }
        running.check = config.checks[i];
        start(name, running);
    }
    std::erase_if(running_, [&](const auto& entry) { return !wanted.contains(entry.first); });
}

void Checks::start(const std::string& name, Running& running) {
    const auto& [rhythm, work] = running.check;
    const auto tell = [this, name](const Verdict& verdict) { on_result_(name, verdict); };
    running.script.reset();
    running.prober.reset();
    if (const auto* command = std::get_if<scripts::Command>(&work))
        running.script =
            std::make_unique<scripts::TrackScript>(io_, *command, rhythm.interval, rhythm.jitter, tell);
    else
        running.prober = prober_of(io_, running.check, tell);
}

/// There may be others under the name they had. All else of the check goes on: its rhythm, its run, its
/// state.
void Checks::read_certificates_again(Running& running) {
    if (running.prober && trusts_certificates(running.check.work))
        running.prober->renew(runner_of(io_, running.check.work));
}

} // namespace baton::daemon
