// What is to happen when, in virtual time. Entries of one moment come out in the order they were put in.
#pragma once

#include "base/time.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace baton::sim {

class Agenda {
public:
    void at(Time when, std::function<void()> what) {
        entries_.push_back({when, order_++, std::move(what)});
        std::push_heap(entries_.begin(), entries_.end(), later);
    }

    [[nodiscard]] std::optional<Time> next() const {
        return entries_.empty() ? std::nullopt : std::optional(entries_.front().when);
    }

    /// The earliest entry, taken out; there must be one.
    [[nodiscard]] std::function<void()> take() {
        std::pop_heap(entries_.begin(), entries_.end(), later);
        auto what = std::move(entries_.back().what);
        entries_.pop_back();
        return what;
    }

private:
    struct Entry {
        Time when;
        std::uint64_t order;
        std::function<void()> what;
    };

    static bool later(const Entry& a, const Entry& b) {
        return a.when != b.when ? a.when > b.when : a.order > b.order;
    }

    std::vector<Entry> entries_;
    std::uint64_t order_{0};
};

} // namespace baton::sim
