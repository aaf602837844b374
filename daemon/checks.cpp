#include "daemon/checks.h"

#include <set>

namespace baton::daemon {

void Checks::fit(const config::Config& config) {
    std::set<std::string> wanted;
    for (const auto& check : config.scripts) {
        const auto& name = config.settings.checks[check.check.value].name;
        wanted.insert(name);
        auto& running = running_[name];
        if (running.script && running.command.argv == check.command.argv &&
            running.command.timeout == check.command.timeout && running.interval == check.interval)
            continue;
        running.command = check.command;
        running.interval = check.interval;
        running.script = std::make_unique<scripts::TrackScript>(
            io_, check.command, check.interval,
            [this, name](const scripts::Verdict& verdict) { on_result_(name, verdict); });
    }
    std::erase_if(running_, [&](const auto& entry) { return !wanted.contains(entry.first); });
}

} // namespace baton::daemon
