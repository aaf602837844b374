// What batond says on stderr, in words for people or in JSON lines for programs; the one place of its
// wording.
//
// Never blocks: what stderr does not take at once waits in a bounded queue, then is dropped and counted.
#pragma once

#include "control/hooks.h"
#include "control/reload.h"
#include "control/report.h"
#include "daemon/signatures.h"
#include "vrrp/notices.h"

#include <memory>
#include <string>
#include <vector>

namespace spdlog {
class logger;
}

namespace baton::daemon {

enum class LogFormat { text, json };
enum class LogLevel { debug, info, warning, error };

class StderrSink;

class Log {
public:
    Log(LogFormat format, LogLevel level);
    ~Log();
    Log(const Log&) = delete;
    Log& operator=(const Log&) = delete;

    void started(const std::string& version, const std::string& node, std::size_t instances);
    void stopping(const std::string& signal);
    void stopped();
    void cannot_start(const std::string& why);
    void held_off(Duration pause);

    void transition(const std::string& instance, const control::TransitionRecord& record);
    void address_repaired(const std::string& instance, const std::string& interface, Duration took);
    void virtual_mac_restored(const std::string& interface, const std::string& found);
    void routes_repaired(const std::string& instance, std::size_t count);
    void priority_changed(const std::string& instance, int from, int to);
    void release_begun(const std::string& instance, bool active);
    void released(const std::string& instance, std::optional<control::WallTime> until,
                  const std::string& how);
    void release_refused(const std::string& instance, const std::string& why);
    void releases_not_kept(const std::string& why);
    void resumed(const std::string& instance);
    void gate_begun(const std::string& instance);
    void gate_dropped(const std::string& instance);
    /// `instance` is empty when the advert belongs to none.
    void noticed(const std::string& instance, const std::string& interface, const vrrp::Notice& notice);
    void check_runs(const std::string& check, bool runs);
    void check_forgotten(const std::string& check);
    void check_changed(const std::string& check, bool up, const std::string& detail);
    /// A hook of the instance, or of the sync group, whichever is not empty.
    void hook_started(const std::string& instance, const std::string& group, const control::HookRun& run);
    /// Or was given up before it began.
    void hook_ended(const std::string& instance, const std::string& group, const control::HookRun& run);
    /// batond ends, and they have not.
    void hooks_abandoned(const std::vector<std::string>& names);
    void notify_line_lost(const std::string& path, std::uint64_t lost);
    /// `untold`: how many of its sort before it were not told.
    void effect_failed(const std::string& instance, const char* effect, const std::string& why,
                       std::uint64_t untold = 0);
    void link_changed(const std::string& interface, const char* state);
    void socket_failed(const std::string& interface, const std::string& why);
    /// Who else claims an address there stays unknown.
    void claims_unheard(const std::string& interface, const std::string& why);
    void virtual_mac_failed(const std::string& why);
    void netlink_failed(const std::string& why);
    void reloaded(const control::Reload& reload);
    /// Or would not be, where it was a dry run.
    void not_reloaded(const control::Reload& reload);
    void table_reread(std::uint64_t overruns);
    void signatures(const Signatures::News& news);

    /// Tries again what stderr did not take. Called now and then from the loop.
    void flush();

private:
    struct Line;
    void write(const Line& line);

    LogFormat format_;
    std::shared_ptr<StderrSink> sink_;
    std::shared_ptr<spdlog::logger> logger_;
};

} // namespace baton::daemon
