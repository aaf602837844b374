// The dice of a simulated run: the same seed gives the same throws with every compiler and library.
//
// The distributions of <random> may differ between libraries, so numbers are drawn from the engine itself.
#pragma once

#include "base/time.h"

#include <cstdint>
#include <random>

namespace baton::sim {

class Random {
public:
    explicit Random(std::uint64_t seed) : engine_(seed) {}

    /// 0 .. bound - 1. The bias of the remainder is of no importance here.
    [[nodiscard]] std::uint64_t below(std::uint64_t bound) { return engine_() % bound; }

    [[nodiscard]] bool chance(unsigned percent) { return below(100) < percent; }

    /// Both ends included.
    [[nodiscard]] Duration between(Duration low, Duration high) {
        const auto span = static_cast<std::uint64_t>((high - low).count()) + 1;
        return low + Duration{static_cast<Duration::rep>(below(span))};
    }

    template <class Container>
    [[nodiscard]] const auto& pick(const Container& from) {
        return from[below(std::size(from))];
    }

private:
    std::mt19937_64 engine_;
};

} // namespace baton::sim
