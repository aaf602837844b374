#include "vrrp/left_out.h"

#include <algorithm>

namespace baton::vrrp {
namespace {

/// Told of things that are so, whether the addresses could be held or not.
bool is_true_anyway(const Effect& effect) {
    return std::holds_alternative<PriorityChanged>(effect) || std::holds_alternative<Noticed>(effect);
}

} // namespace

std::optional<InstanceId> instance_of(const Effect& effect) {
    return std::visit(
        [](const auto& one) -> std::optional<InstanceId> {
            if constexpr (requires { one.instance; })
                return one.instance;
            else
                return std::nullopt;
        },
        effect);
}

bool LeftOut::has(const Effect& effect) {
    together_ = {};
    if (const auto* hold = std::get_if<HoldAddresses>(&effect))
        together_ = hold->together;
    if (const auto* hold = std::get_if<HoldRoutes>(&effect))
        together_ = hold->together;
    if (instances_.empty())
        return false;
    const auto instance = instance_of(effect);
    if (!instance || is_true_anyway(effect))
        return false;
    if (std::holds_alternative<ReleaseAddresses>(effect) || std::holds_alternative<ReleaseRoutes>(effect))
        std::erase(instances_, *instance);
    return has(*instance);
}

bool LeftOut::has(InstanceId instance) const {
    return std::find(instances_.begin(), instances_.end(), instance) != instances_.end();
}

void LeftOut::after(const EffectFailed& failure) {
    if (failure.effect != EffectKind::hold_addresses && failure.effect != EffectKind::hold_routes)
        return;
    instances_.push_back(failure.instance);
    instances_.insert(instances_.end(), together_.begin(), together_.end());
}

} // namespace baton::vrrp
