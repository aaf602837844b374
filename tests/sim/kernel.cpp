#include "tests/sim/kernel.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace baton::sim {

const Interface* Kernel::find(const std::string& name) const {
    const auto found = std::find_if(interfaces_.begin(), interfaces_.end(),
                                    [&](const Interface& interface) { return interface.name == name; });
    return found == interfaces_.end() ? nullptr : &*found;
}

Interface* Kernel::find(const std::string& name) {
    return const_cast<Interface*>(std::as_const(*this).find(name));
}

const Interface& Kernel::at(IfIndex index) const {
    const auto found = std::find_if(interfaces_.begin(), interfaces_.end(),
                                    [&](const Interface& interface) { return interface.index == index; });
    assert(found != interfaces_.end());
    return *found;
}

Interface& Kernel::change(IfIndex index) { return const_cast<Interface&>(std::as_const(*this).at(index)); }

std::optional<std::string> Kernel::hold(const vrrp::HoldAddresses& wish) {
    if (refuses_hold)
        return "Operation not permitted";
    auto& addresses = change(wish.interface).addresses;
    for (const auto& prefix : wish.addresses) {
        const auto there = std::find_if(addresses.begin(), addresses.end(), [&](const auto& have) {
            return have.prefix.address == prefix.address;
        });
        if (there == addresses.end())
            addresses.push_back({prefix, true});
        else if (wish.reclaim)
            *there = {prefix, true};
        else if (!there->ours && !wish.adopt)
            return prefix.to_string() + " is there already and is not ours";
    }
    return std::nullopt;
}

void Kernel::release(const vrrp::ReleaseAddresses& wish) {
    std::erase_if(change(wish.interface).addresses, [&](const vrrp::InterfaceAddress& have) {
        return have.ours &&
               std::find(wish.addresses.begin(), wish.addresses.end(), have.prefix) != wish.addresses.end();
    });
}

void Kernel::expire() {
    for (auto& interface : interfaces_)
        std::erase_if(interface.addresses, [](const auto& have) { return have.ours; });
}

void Kernel::remove(const IpAddress& address) {
    for (auto& interface : interfaces_)
        std::erase_if(interface.addresses, [&](const auto& have) { return have.prefix.address == address; });
}

bool Kernel::has_ours(IfIndex index, const Prefix& prefix) const {
    const auto& addresses = at(index).addresses;
    return std::find(addresses.begin(), addresses.end(), vrrp::InterfaceAddress{prefix, true}) !=
           addresses.end();
}

bool Kernel::has_any_ours() const {
    return std::any_of(interfaces_.begin(), interfaces_.end(), [](const Interface& interface) {
        return std::any_of(interface.addresses.begin(), interface.addresses.end(),
                           [](const auto& have) { return have.ours; });
    });
}

} // namespace baton::sim
