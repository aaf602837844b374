#include "control/why_hooks.h"

#include <set>

namespace baton::control {

void add_hooks(std::vector<std::string>& lines, const HooksView& view) {
    std::set<std::string> told;
    for (auto run = view.runs.rbegin(); run != view.runs.rend(); ++run) {
        const bool newest = told.insert(run->event).second;
        if (run->state == "running" || (newest && run->state == "failed"))
            lines.push_back("Hook " + describe(*run));
    }
    if (view.waiting != 0)
        lines.push_back("Hooks of " + std::to_string(view.waiting) +
                        (view.waiting == 1 ? " event wait" : " events wait") + " for their turn");
}

} // namespace baton::control
