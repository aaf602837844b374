#include "daemon/checks.h"

#include <set>

namespace baton::daemon {
namespace {

bool same_trust(const Trusted& one, const Trusted& other) { return one && other && *one == *other; }

} // namespace

void Checks::fit(const config::Config& config, const std::function<bool(const std::string&)>& runs) {
    std::set<std::string> named;
    for (std::size_t i = 0; i < config.checks.size(); ++i) {
        const auto& name = config.settings.checks[i].name;
        named.insert(name);
        auto& running = running_[name];
        running.wanted = runs(name);
        if (running.check != config.checks[i]) {
            end(running);
            running.check = config.checks[i];
        }
        renew_trust(running);
        if (!running.wanted)
            end(running);
        else
            follow_later(name);
    }
    std::erase_if(running_, [&](const auto& entry) { return !named.contains(entry.first); });
    trust_.forget_unused();
}

config::FilesByName Checks::renewed_certificates(const config::Config& config) const {
    config::FilesByName renewed;
    for (std::size_t i = 0; i < config.checks.size(); ++i) {
        const auto running = running_.find(config.settings.checks[i].name);
        const auto* const tls = tls_of(config.checks[i].work);
        const auto* const before = running == running_.end() ? nullptr : tls_of(running->second.check.work);
        if (tls == nullptr || before == nullptr || *tls != *before)
            continue;
        if (!same_trust(trust_.context_for(*tls), running->second.trusted))
            renewed.emplace(running->first, tls->ca_file.empty() ? "the system's store" : tls->ca_file);
    }
    return renewed;
}

void Checks::run(const std::string& name, bool runs) {
    const auto found = running_.find(name);
    if (found == running_.end())
        return;
    found->second.wanted = runs;
    follow_later(name);
}

void Checks::follow_later(const std::string& name) {
    turns_.add([this, name, alive = std::weak_ptr(alive_)] {
        if (alive.expired())
            return;
        if (const auto running = running_.find(name); running != running_.end())
            follow(name, running->second);
    });
}

void Checks::follow(const std::string& name, Running& running) {
    if (!running.wanted)
        end(running);
    else if (!running.runs())
        start(name, running);
}

void Checks::end(Running& running) {
    running.script.reset();
    running.prober.reset();
}

void Checks::start(const std::string& name, Running& running) {
    const auto& [rhythm, work] = running.check;
    const auto tell = [this, name](const Verdict& verdict) { on_result_(name, verdict); };
    if (const auto* command = std::get_if<scripts::Command>(&work))
        running.script =
            std::make_unique<scripts::TrackScript>(io_, *command, rhythm.interval, rhythm.jitter, tell);
    else
        running.prober = prober_of(io_, watched_, running.check, running.trusted, tell);
}

/// All else of a check that runs goes on: its rhythm, its run, its state.
void Checks::renew_trust(Running& running) {
    const auto& work = running.check.work;
    const auto* const tls = tls_of(work);
    auto trusted = tls == nullptr ? Trusted(health::Trust::Context()) : trust_.context_for(*tls);
    const bool same = same_trust(trusted, running.trusted);
    running.trusted = std::move(trusted);
    if (running.prober && !same)
        running.prober->renew(runner_of(io_, work, running.trusted));
}

} // namespace baton::daemon
