// The stage of one scenario: a simulated LAN without dice, and the lines it prints.
#pragma once

#include "tests/sim/host.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace baton::scenarios {

class World {
public:
    World();

    [[nodiscard]] sim::Lan& lan() { return lan_; }
    /// The node of that name; a ScriptError when there is none.
    [[nodiscard]] sim::Host& host(const std::string& name);

    void print(const std::string& host, const std::string& text);
    [[nodiscard]] std::vector<std::string> take_output() { return std::exchange(output_, {}); }

    /// Lines of this kind ("adverts", "announcements", "notices") are left out from now on, or shown again.
    void hide(const std::string& kind) { hidden_.insert(kind); }
    void show(const std::string& kind) { hidden_.erase(kind); }

private:
    std::vector<std::string> output_;
    std::set<std::string> hidden_{"notices"};
    sim::Lan lan_;
};

} // namespace baton::scenarios
