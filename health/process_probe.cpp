#include "health/process_probe.h"

#include "health/found_probe.h"

#include <boost/asio/post.hpp>
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

/// Lives as long as a call of it is on its way; after cancel() it tells nobody.
class Search : public std::enable_shared_from_this<Search> {
public:
    Search(asio::io_context& loop, const std::string& name, Done done, ProcessWatch* watch)
        : loop_(loop), search_(name), done_(std::move(done)), watch_(watch) {}

    /// Lets the loop do other things in between.
    void look_on() {
        asio::post(loop_, [self = shared_from_this()] {
            if (self->done_)
                self->look();
        });
    }
    void cancel() { done_ = nullptr; }

private:
    void look() {
        auto found = search_.look_on();
        if (!found)
            return look_on();
        const auto done = std::exchange(done_, nullptr);
        done(conclude(std::move(*found), watch_));
    }

    asio::io_context& loop_;
    NameSearch search_;
    Done done_;
    ProcessWatch* watch_;
};

class SearchProbe : public Probe {
public:
    explicit SearchProbe(std::shared_ptr<Search> search) : search_(std::move(search)) {}
    ~SearchProbe() override { search_->cancel(); }

    std::string late() override { return "not all processes were looked at"; }

private:
    std::shared_ptr<Search> search_;
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

std::unique_ptr<Probe> start_process(asio::io_context& loop, const ProcessCheck& settings, Done done,
                                     ProcessWatch* watch) {
    if (!settings.pid_file.empty() || !settings.cgroup.empty())
        return start_found(loop, conclude(process_of(settings), watch), std::move(done));
    assert(!settings.name.empty());
    if (auto before = still_called(watch, settings.name))
        return start_found(loop, conclude(std::move(*before), watch), std::move(done));
    auto search = std::make_shared<Search>(loop, settings.name, std::move(done), watch);
    search->look_on();
    return std::make_unique<SearchProbe>(std::move(search));
}

ProcessProber::ProcessProber(asio::io_context& loop, const Rhythm& rhythm, const ProcessCheck& settings,
                             Handler handler)
    : Prober(
          loop, rhythm,
          [this, &loop, settings](Done done) {
              return start_process(loop, settings, std::move(done), &watch_);
          },
          std::move(handler)),
      watch_(loop, [this] { run_now(); }) {}

} // namespace baton::health
