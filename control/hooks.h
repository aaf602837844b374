// Hooks as the API shows them: what is configured, how the last ones ended, and what one that is run by hand
// comes to. Values, filled by daemon/, and their JSON.
#pragma once

#include "base/time.h"

#include <chrono>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace baton::control {

/// A hook of the configuration.
struct ConfiguredHook {
    std::string event; ///< "active"
    std::vector<std::string> run;
    Duration timeout{};
    std::string user;  ///< empty: as batond
    std::string group; ///< empty: the user's
    std::string convention;
};

/// One run of one hook.
struct HookRun {
    std::uint64_t number{0};
    std::string event;
    std::uint64_t transition{0};
    bool by_hand{false};
    std::vector<std::string> run;
    std::chrono::system_clock::time_point at; ///< when it began, or was given up
    std::string state;                        ///< "running", "ok", "failed", "superseded"
    std::string detail{};                     ///< "exit status 1"; empty while it runs
    int status{-1};                           ///< its exit status; -1 if there is none
    std::string output{};                     ///< the last of it
    Duration took{};
};

struct HooksView {
    std::vector<ConfiguredHook> configured;
    std::vector<HookRun> runs; ///< the last ones, oldest first
    std::size_t waiting{0};    ///< events whose hooks wait for their turn
};

struct GroupView {
    std::string name;
    std::vector<std::string> members;
    HooksView hooks;
};

/// What would be run.
struct HookPlan {
    ConfiguredHook hook;
    std::vector<std::string> argv;        ///< with what the convention adds
    std::vector<std::string> environment; ///< "NAME=value": what is added to batond's
    std::string input;                    ///< what stdin holds
    std::string directory;
};

/// How hooks that were run by hand ended.
struct HookResult {
    bool ok{false};
    std::string why; ///< it is not
    std::vector<HookRun> runs;
};

[[nodiscard]] nlohmann::ordered_json hooks_json(const HooksView& view);
[[nodiscard]] nlohmann::ordered_json plan_json(const std::string& instance, const std::string& event,
                                               const std::vector<HookPlan>& plan);
[[nodiscard]] nlohmann::ordered_json result_json(const std::string& instance, const std::string& event,
                                                 const HookResult& result);

/// "active: /usr/bin/x start failed: exit status 1", for `batonctl why`.
[[nodiscard]] std::string describe(const HookRun& run);

} // namespace baton::control
