// What a fuzz target is: one function, called with one input after the other. Under libFuzzer by its engine,
// in the ordinary tests by replay.cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>

// The name and the form are libFuzzer's.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace baton::fuzz {

/// A promise that did not hold. Nobody catches it under libFuzzer: that is how it learns of a finding.
struct Broken : std::runtime_error {
    using std::runtime_error::runtime_error;
};

inline void must(bool holds, const std::string& promise) {
    if (!holds)
        throw Broken("broken: " + promise);
}

} // namespace baton::fuzz
