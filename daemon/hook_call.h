// What a hook is told: an occasion, as environment and JSON, or in keepalived's words. Pure.
#pragma once

#include "scripts/hook.h"
#include "vrrp/types.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace baton::daemon {

/// Something that happened to an instance, or to a sync group.
struct HookOccasion {
    std::string node;
    std::string instance; ///< empty: of a group
    std::string group;    ///< empty: of an instance
    scripts::HookEvent event{};
    vrrp::State state{};
    vrrp::State previous{};
    std::string reason_code;
    std::string reason;
    std::optional<int> priority;
    std::string interface;
    std::vector<std::string> addresses; ///< "10.0.1.100/24"
    std::string active_router;          ///< empty: not known
    std::uint64_t transition{0};
};

/// What whoever comes to a state is told; nothing of Initialize.
[[nodiscard]] std::optional<scripts::HookEvent> event_of(vrrp::State state);

/// "BATON_INSTANCE=VI_1" and so on: all of them, always, so that nothing is inherited.
[[nodiscard]] std::vector<std::string> environment_of(const HookOccasion& occasion);

/// One line of JSON.
[[nodiscard]] std::string json_of(const HookOccasion& occasion);

/// "MASTER"; empty where keepalived has no word.
[[nodiscard]] std::string keepalived_word(scripts::HookEvent event);

/// `INSTANCE "VI_1" MASTER 150`, with a newline: a line for the pipe. Nothing where keepalived has no word.
[[nodiscard]] std::string keepalived_line(const HookOccasion& occasion);

/// The hook as it is to be run at this occasion.
[[nodiscard]] scripts::Command called(const scripts::Hook& hook, const HookOccasion& occasion);

} // namespace baton::daemon
