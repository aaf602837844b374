#include "daemon/hook_call.h"

#include <nlohmann/json.hpp>

namespace baton::daemon {
namespace {

using Json = nlohmann::ordered_json;
using scripts::HookConvention;
using scripts::HookEvent;

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words)
        text += (text.empty() ? "" : " ") + word;
    return text;
}

Json or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

/// Of a group it is always 0.
std::string keepalived_priority(const HookOccasion& occasion) {
    return std::to_string(occasion.group.empty() ? occasion.priority.value_or(0) : 0);
}

const char* keepalived_kind(const HookOccasion& occasion) {
    return occasion.group.empty() ? "INSTANCE" : "GROUP";
}

const std::string& name_of(const HookOccasion& occasion) {
    return occasion.group.empty() ? occasion.instance : occasion.group;
}

} // namespace

std::optional<scripts::HookEvent> event_of(vrrp::State state) {
    switch (state) {
    case vrrp::State::active:
        return scripts::HookEvent::active;
    case vrrp::State::backup:
        return scripts::HookEvent::backup;
    case vrrp::State::fault:
        return scripts::HookEvent::fault;
    case vrrp::State::initialize:
        break;
    }
    return std::nullopt;
}

std::vector<std::string> environment_of(const HookOccasion& occasion) {
    return {"BATON_NODE=" + occasion.node,
            "BATON_INSTANCE=" + occasion.instance,
            "BATON_GROUP=" + occasion.group,
            std::string("BATON_EVENT=") + to_string(occasion.event),
            std::string("BATON_STATE=") + to_string(occasion.state),
            std::string("BATON_PREVIOUS_STATE=") + to_string(occasion.previous),
            "BATON_REASON_CODE=" + occasion.reason_code,
            "BATON_REASON=" + occasion.reason,
            "BATON_PRIORITY=" + (occasion.priority ? std::to_string(*occasion.priority) : ""),
            "BATON_INTERFACE=" + occasion.interface,
            "BATON_ADDRESSES=" + joined(occasion.addresses),
            "BATON_ACTIVE_ROUTER=" + occasion.active_router,
            "BATON_TRANSITION=" + std::to_string(occasion.transition)};
}

std::string json_of(const HookOccasion& occasion) {
    const Json json{{"node", occasion.node},
                    {"instance", or_null(occasion.instance)},
                    {"group", or_null(occasion.group)},
                    {"event", to_string(occasion.event)},
                    {"state", to_string(occasion.state)},
                    {"previous_state", to_string(occasion.previous)},
                    {"reason_code", occasion.reason_code},
                    {"reason", occasion.reason},
                    {"priority", occasion.priority ? Json(*occasion.priority) : Json(nullptr)},
                    {"interface", or_null(occasion.interface)},
                    {"addresses", occasion.addresses},
                    {"active_router", or_null(occasion.active_router)},
                    {"transition", occasion.transition}};
    // A reason may quote what a check said, which may be anything.
    return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string keepalived_word(HookEvent event) {
    switch (event) {
    case HookEvent::active:
        return "MASTER";
    case HookEvent::backup:
        return "BACKUP";
    case HookEvent::fault:
        return "FAULT";
    case HookEvent::stop:
        return "STOP";
    case HookEvent::deleted:
        return "DELETED";
    case HookEvent::before_active:
    case HookEvent::release:
        break;
    }
    return "";
}

std::string keepalived_line(const HookOccasion& occasion) {
    const auto word = keepalived_word(occasion.event);
    if (word.empty())
        return "";
    return std::string(keepalived_kind(occasion)) + " \"" + name_of(occasion) + "\" " + word + " " +
           keepalived_priority(occasion) + "\n";
}

scripts::Command called(const scripts::Hook& hook, const HookOccasion& occasion) {
    auto command = hook.command;
    if (hook.convention == HookConvention::keepalived_notify)
        for (auto word : {std::string(keepalived_kind(occasion)), name_of(occasion),
                          keepalived_word(occasion.event), keepalived_priority(occasion)})
            command.argv.push_back(std::move(word));
    if (hook.convention != HookConvention::baton)
        return command;
    for (auto& entry : environment_of(occasion))
        command.environment.push_back(std::move(entry));
    command.input = json_of(occasion);
    return command;
}

} // namespace baton::daemon
