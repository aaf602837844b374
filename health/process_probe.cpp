#include "health/process_probe.h"

#include "health/found_probe.h"

#include <cassert>
#include <utility>

namespace baton::health {
namespace {

namespace asio = boost::asio;

Finding conclude(Result<Process, Error> process, ProcessWatch* watch) {
    if (!process) {
        if (watch != nullptr)
            watch->forget();
        return {.detail = process.error().text};
    }
    Finding finding{.ok = true,
                    .detail = process->name + " lives (process " + std::to_string(process->id) + ")"};
    if (watch != nullptr)
        watch->watch(std::move(*process));
    return finding;
}

class SearchProbe : public Probe {
public:
    explicit SearchProbe(std::shared_ptr<ProcessTable::Request> search) : search_(std::move(search)) {}

    std::string late() override { return "not all processes were looked at"; }

private:
    std::shared_ptr<ProcessTable::Request> search_; ///< goes with the probe: then nobody is told
};

std::string cgroup_path(const std::string& cgroup) {
    return cgroup.starts_with('/') ? cgroup : "/sys/fs/cgroup/" + cgroup;
}

Result<Process, Error> process_of(const ProcessCheck& settings) {
    if (!settings.cgroup.empty())
        return process_of_cgroup(cgroup_path(settings.cgroup), settings.name);
    auto process = process_of_pid_file(settings.pid_file);
    if (process && !settings.name.empty() && !is_called(*process, settings.name))
        return Error{settings.pid_file + ": process " + std::to_string(process->id) + " is \"" +
                     process->name + "\", not \"" + settings.name + "\""};
    return process;
}

/// The one that was found before, opened anew: it may have another name by now.
std::optional<Process> still_called(const ProcessWatch* watch, const std::string& name) {
    const auto* const before = watch == nullptr ? nullptr : watch->living();
    auto process = before == nullptr ? Result<Process, Error>(Error{}) : open_process(before->id);
    if (!process || !is_called(*process, name))
        return std::nullopt;
    return std::move(*process);
}

} // namespace

std::unique_ptr<Probe> start_process(asio::io_context& loop, ProcessTable& processes,
                                     const ProcessCheck& settings, Done done, ProcessWatch* watch) {
    if (!settings.pid_file.empty() || !settings.cgroup.empty())
        return start_found(loop, conclude(process_of(settings), watch), std::move(done));
    assert(!settings.name.empty());
    if (auto before = still_called(watch, settings.name))
        return start_found(loop, conclude(std::move(*before), watch), std::move(done));
    if (auto known = processes.known(settings.name))
        return start_found(loop, conclude(std::move(*known), watch), std::move(done));
    // Of one that has ended, the successor may just have begun.
    const bool anew = watch != nullptr && watch->had_somebody();
    return std::make_unique<SearchProbe>(
        processes.find(settings.name, anew, [done = std::move(done), watch](Result<Process, Error> process) {
            done(conclude(std::move(process), watch));
        }));
}

ProcessProber::ProcessProber(asio::io_context& loop, ProcessTable& processes, const Rhythm& rhythm,
                             const ProcessCheck& settings, Handler handler)
    : Prober(
          loop, rhythm,
          [this, &loop, &processes, settings](Done done) {
              return start_process(loop, processes, settings, std::move(done), &watch_);
          },
          std::move(handler)),
      watch_(loop, [this] { run_now(); }) {}

} // namespace baton::health
