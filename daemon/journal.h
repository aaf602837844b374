// The last transitions of each instance, with the time of each step: what `batonctl why` and the log tell.
#pragma once

#include "control/report.h"

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace baton::daemon {

/// By name: an instance that begins anew goes on where it was.
class Journal {
public:
    using Records = std::vector<control::TransitionRecord>;

    void add(const std::string& instance, control::TransitionRecord record) {
        auto& kept = transitions_[instance];
        if (kept.size() == capacity)
            kept.erase(kept.begin());
        kept.push_back(std::move(record));
    }

    /// Oldest first.
    [[nodiscard]] Records transitions(const std::string& instance) const {
        const auto found = transitions_.find(instance);
        return found == transitions_.end() ? Records{} : found->second;
    }

    /// Forgets those that `is_here` says no to.
    template <class IsHere>
    void keep(IsHere&& is_here) {
        std::erase_if(transitions_, [&](const auto& entry) { return !is_here(entry.first); });
    }

private:
    static constexpr std::size_t capacity = 20;
    std::map<std::string, Records> transitions_;
};

} // namespace baton::daemon
