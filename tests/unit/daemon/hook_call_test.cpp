// What a hook is told, in each convention.
#include "daemon/hook_call.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace baton;
using namespace baton::daemon;
using scripts::HookConvention;
using scripts::HookEvent;

namespace {

using Words = std::vector<std::string>;

HookOccasion takeover() {
    HookOccasion occasion;
    occasion.node = "lb1";
    occasion.instance = "VI_1";
    occasion.event = HookEvent::active;
    occasion.state = vrrp::State::active;
    occasion.previous = vrrp::State::backup;
    occasion.reason_code = "peer_resigned";
    occasion.reason = "10.0.1.3 resigned";
    occasion.priority = 150;
    occasion.interface = "eth0";
    occasion.addresses = {"10.0.1.100/24", "10.0.1.101/24"};
    occasion.active_router = "10.0.1.2";
    occasion.transition = 7;
    return occasion;
}

HookOccasion of_group() {
    auto occasion = takeover();
    occasion.instance.clear();
    occasion.group = "mail";
    occasion.priority.reset();
    occasion.interface.clear();
    occasion.active_router.clear();
    return occasion;
}

scripts::Hook hook(HookConvention convention) {
    scripts::Hook hook;
    hook.command.argv = {"/bin/x", "y"};
    hook.command.environment = {"A=1"};
    hook.convention = convention;
    return hook;
}

} // namespace

TEST_CASE("the environment has every name, whatever there is to tell") {
    CHECK(environment_of(takeover()) ==
          Words{"BATON_NODE=lb1", "BATON_INSTANCE=VI_1", "BATON_GROUP=", "BATON_EVENT=active",
                "BATON_STATE=active", "BATON_PREVIOUS_STATE=backup", "BATON_REASON_CODE=peer_resigned",
                "BATON_REASON=10.0.1.3 resigned", "BATON_PRIORITY=150", "BATON_INTERFACE=eth0",
                "BATON_ADDRESSES=10.0.1.100/24 10.0.1.101/24", "BATON_ACTIVE_ROUTER=10.0.1.2",
                "BATON_TRANSITION=7"});
    const auto groups = environment_of(of_group());
    CHECK(groups.size() == environment_of(takeover()).size());
    CHECK(groups[1] == "BATON_INSTANCE=");
    CHECK(groups[2] == "BATON_GROUP=mail");
    CHECK(groups[8] == "BATON_PRIORITY=");
}

TEST_CASE("the JSON is one line and says the same") {
    const auto text = json_of(takeover());
    CHECK(text.find('\n') == text.size() - 1);
    const auto json = nlohmann::json::parse(text);
    CHECK(json ==
          nlohmann::json::parse(R"({"node": "lb1", "instance": "VI_1", "group": null, "event": "active",
        "state": "active", "previous_state": "backup", "reason_code": "peer_resigned", "reason": "10.0.1.3 resigned",
        "priority": 150, "interface": "eth0", "addresses": ["10.0.1.100/24", "10.0.1.101/24"],
        "active_router": "10.0.1.2", "transition": 7})"));
    const auto told = nlohmann::json::parse(json_of(of_group()));
    CHECK(told["instance"].is_null());
    CHECK(told["group"] == "mail");
    CHECK(told["priority"].is_null());
    CHECK(told["active_router"].is_null());
    auto odd = takeover();
    odd.reason = "check x: \xff";
    CHECK(nlohmann::json::parse(json_of(odd))["reason"] == "check x: \xef\xbf\xbd");
}

TEST_CASE("a line of keepalived's") {
    CHECK(keepalived_line(takeover()) == "INSTANCE \"VI_1\" MASTER 150\n");
    CHECK(keepalived_line(of_group()) == "GROUP \"mail\" MASTER 0\n");
    const std::vector<std::pair<HookEvent, std::string>> words{
        {HookEvent::backup, "BACKUP"},   {HookEvent::fault, "FAULT"},    {HookEvent::stop, "STOP"},
        {HookEvent::deleted, "DELETED"}, {HookEvent::before_active, ""}, {HookEvent::release, ""}};
    for (const auto& [event, word] : words)
        CHECK(keepalived_word(event) == word);
    auto gate = takeover();
    gate.event = HookEvent::before_active;
    CHECK(keepalived_line(gate).empty());
}

TEST_CASE("conventions: all, four words, nothing") {
    const auto ours = called(hook(HookConvention::baton), takeover());
    CHECK(ours.argv == Words{"/bin/x", "y"});
    CHECK(ours.environment.size() == 1 + environment_of(takeover()).size());
    CHECK(ours.environment.front() == "A=1");
    CHECK(ours.input == json_of(takeover()));

    const auto notify = called(hook(HookConvention::keepalived_notify), takeover());
    CHECK(notify.argv == Words{"/bin/x", "y", "INSTANCE", "VI_1", "MASTER", "150"});
    CHECK(notify.environment == Words{"A=1"});
    CHECK(notify.input.empty());
    CHECK(called(hook(HookConvention::keepalived_notify), of_group()).argv ==
          Words{"/bin/x", "y", "GROUP", "mail", "MASTER", "0"});

    const auto plain = called(hook(HookConvention::keepalived), takeover());
    CHECK(plain == hook(HookConvention::keepalived).command);
}
