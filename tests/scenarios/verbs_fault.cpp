#include "tests/scenarios/script.h"
#include "tests/scenarios/verbs.h"

namespace baton::scenarios {
namespace {

/// cut A [INTERFACE] and heal A [INTERFACE]: the carrier.
Verb carrier(bool up) {
    return [up](World& world, Words& words) {
        auto& host = world.host(words.take("a node"));
        host.set_link(words.empty() ? "eth0" : words.take("an interface"), up);
    };
}

bool& refusal_of(const std::string& what, sim::Kernel& kernel) {
    if (what == "hold")
        return kernel.refuses_hold;
    if (what == "routes")
        return kernel.refuses_routes;
    if (what == "send")
        return kernel.refuses_send;
    throw ScriptError("expected hold, routes or send, not \"" + what + "\"");
}

/// fail hold|routes|send A and mend hold|routes|send A
Verb refusal(bool refuses) {
    return [refuses](World& world, Words& words) {
        const auto what = words.take("what the kernel refuses");
        refusal_of(what, world.host(words.take("a node")).kernel()) = refuses;
    };
}

/// check A NAME up|down: one raw result.
void check(World& world, Words& words) {
    auto& host = world.host(words.take("a node"));
    const auto name = words.take("a check");
    const auto& checks = host.settings().checks;
    for (std::uint32_t i = 0; i < checks.size(); ++i)
        if (checks[i].name == name)
            return host.probe(vrrp::CheckId{i}, words.take_choice("up", "down"));
    throw ScriptError(host.name() + " has no check \"" + name + "\"");
}

/// delete A ADDRESS: somebody else does.
void remove(World& world, Words& words) {
    auto& host = world.host(words.take("a node"));
    host.remove_address(words.take_address("an address"));
}

/// tell A: the kernel's tables are read anew, and its addresses told again.
void tell(World& world, Words& words) { world.host(words.take("a node")).tell_tables_read(); }

} // namespace

void add_fault_verbs(Verbs& verbs) {
    verbs["cut"] = carrier(false);
    verbs["heal"] = carrier(true);
    verbs["fail"] = refusal(true);
    verbs["mend"] = refusal(false);
    verbs["check"] = check;
    verbs["delete"] = remove;
    verbs["tell"] = tell;
}

} // namespace baton::scenarios
