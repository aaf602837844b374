// The last transitions of each instance, with the time of each step: what `batonctl why` and the log tell.
#pragma once

#include "control/report.h"

#include <cstddef>
#include <vector>

namespace baton::daemon {

class Journal {
public:
    explicit Journal(std::size_t instances) : transitions_(instances) {}

    void add(std::size_t instance, control::TransitionRecord record) {
        auto& kept = transitions_[instance];
        if (kept.size() == capacity)
            kept.erase(kept.begin());
        kept.push_back(std::move(record));
    }

    /// For each instance, oldest first.
    [[nodiscard]] const std::vector<std::vector<control::TransitionRecord>>& transitions() const {
        return transitions_;
    }

private:
    static constexpr std::size_t capacity = 20;
    std::vector<std::vector<control::TransitionRecord>> transitions_;
};

} // namespace baton::daemon
