// One run of a check, under way.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace baton::health {

/// What a run found out.
struct Finding {
    bool ok{false};
    std::string detail{};          ///< for a person; may hold what a peer sent, as it came
    std::optional<double> share{}; ///< 0..1: how much of it is well, where the check can tell
};

/// Destroying it ends the run and calls nobody.
class Probe {
public:
    Probe() = default;
    Probe(const Probe&) = delete;
    Probe& operator=(const Probe&) = delete;
    virtual ~Probe() = default;

    /// Its time is over: what it was waiting for, for a person ("no answer to EHLO").
    [[nodiscard]] virtual std::string late() = 0;
};

/// Called once, from the loop, never before the probe has been returned to who started it; may destroy it.
using Done = std::function<void(Finding)>;

/// Starts a run. Never blocks.
using StartProbe = std::function<std::unique_ptr<Probe>(Done)>;

} // namespace baton::health
