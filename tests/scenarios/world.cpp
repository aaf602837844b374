#include "tests/scenarios/world.h"

#include "tests/scenarios/script.h"
#include "tests/sim/trace.h"

namespace baton::scenarios {
namespace {

std::string kind_of(const std::string& text) {
    if (text.starts_with("announces"))
        return "announcements";
    if (text.starts_with("sends priority") && !text.starts_with("sends priority 0 "))
        return "adverts";
    if (text.starts_with("notices: "))
        return "notices";
    return "";
}

} // namespace

// The seed is of no consequence: nothing on this wire is left to chance.
World::World()
    : lan_(1, [this](Time, const std::string& host, const std::string& text) { print(host, text); }) {}

sim::Host& World::host(const std::string& name) {
    auto* found = lan_.find(name);
    if (!found)
        throw ScriptError("there is no node \"" + name + "\"");
    return *found;
}

void World::print(const std::string& host, const std::string& text) {
    if (!hidden_.contains(kind_of(text)))
        output_.push_back(sim::format_line(lan_.now(), host, text));
}

} // namespace baton::scenarios
