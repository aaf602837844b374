// The rule for failures, for everybody who performs effects (vrrp/effect.h): which are to be left out.
//
// One object for one vector of effects, asked for each of them in order. It performs nothing.
#pragma once

#include "vrrp/effect.h"
#include "vrrp/event.h"

#include <optional>
#include <span>
#include <vector>

namespace baton::vrrp {

/// Whose effect it is; nothing when it belongs to no instance.
[[nodiscard]] std::optional<InstanceId> instance_of(const Effect& effect);

class LeftOut {
public:
    /// To be asked before an effect is performed. A release is always performed, and what comes after it.
    [[nodiscard]] bool has(const Effect& effect);

    /// To be told of each effect that could not be performed.
    void after(const EffectFailed& failure);

    /// Whether its effects are left out now.
    [[nodiscard]] bool has(InstanceId instance) const;

private:
    std::vector<InstanceId> instances_;    ///< few, and mostly none: no memory is asked for then
    std::span<const InstanceId> together_; ///< of the last effect asked for, if it is a hold
};

} // namespace baton::vrrp
