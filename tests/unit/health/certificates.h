// Certificates made while a test runs: so that one has expired today, and none expires next year.
#pragma once

#include <optional>
#include <string>

namespace baton::testing {

/// A key with its certificate, both PEM.
struct Identity {
    std::string key{};
    std::string certificate{};
};

struct Wanted {
    std::string subject{"localhost"};
    std::string alternative_name{"DNS:localhost"}; ///< empty: none, as for an authority
    long from_day{-1};                             ///< of its validity, counted from today
    long to_day{30};
    const Identity* issuer{nullptr}; ///< none: signed by itself
    bool authority{false};
};

[[nodiscard]] Identity make_identity(const Wanted& wanted);

} // namespace baton::testing
