// What the operator wants run when: the hooks of an instance or of a sync group. Values only.
#pragma once

#include "scripts/command.h"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace baton::scripts {

enum class HookEvent : std::uint8_t {
    before_active, ///< a gate: the addresses are not taken until it has succeeded
    active,
    backup,
    fault,
    stop,    ///< batond ends
    release, ///< a planned handover, while still Active
    deleted  ///< a reload has removed it
};

inline constexpr std::array all_hook_events{HookEvent::before_active, HookEvent::active, HookEvent::backup,
                                            HookEvent::fault,         HookEvent::stop,   HookEvent::release,
                                            HookEvent::deleted};

[[nodiscard]] constexpr const char* to_string(HookEvent event) {
    switch (event) {
    case HookEvent::before_active:
        return "before_active";
    case HookEvent::active:
        return "active";
    case HookEvent::backup:
        return "backup";
    case HookEvent::fault:
        return "fault";
    case HookEvent::stop:
        return "stop";
    case HookEvent::release:
        return "release";
    case HookEvent::deleted:
        return "deleted";
    }
    return "";
}

[[nodiscard]] constexpr std::optional<HookEvent> hook_event(std::string_view word) {
    for (const auto event : all_hook_events)
        if (word == to_string(event))
            return event;
    return std::nullopt;
}

/// How a hook is told what has happened.
enum class HookConvention : std::uint8_t {
    baton,            ///< environment, and JSON on stdin
    keepalived,       ///< as keepalived's notify_master and the like: not at all
    keepalived_notify ///< as its notify: four more words, "INSTANCE VI_1 MASTER 150"
};

[[nodiscard]] constexpr const char* to_string(HookConvention convention) {
    switch (convention) {
    case HookConvention::baton:
        return "baton";
    case HookConvention::keepalived:
        return "keepalived";
    case HookConvention::keepalived_notify:
        return "keepalived_notify";
    }
    return "";
}

struct Hook {
    Command command; ///< what is the same each time it is run
    HookConvention convention{HookConvention::baton};
    std::string user{}; ///< as the operator wrote them, to be shown
    std::string group{};

    friend bool operator==(const Hook&, const Hook&) = default;
};

/// What becomes of an instance whose gate fails.
enum class GateFailure : std::uint8_t { fault, backup };

struct HookSettings {
    std::map<HookEvent, std::vector<Hook>> events; ///< each has at least one
    GateFailure gate_failure{GateFailure::fault};

    [[nodiscard]] const std::vector<Hook>* find(HookEvent event) const {
        const auto found = events.find(event);
        return found == events.end() ? nullptr : &found->second;
    }

    friend bool operator==(const HookSettings&, const HookSettings&) = default;
};

} // namespace baton::scripts
