// The part of a host's kernel that baton touches: interfaces, carrier and addresses, with refusals on order.
//
// Not a Linux: only what effect.h and event.h promise of one.
#pragma once

#include "base/address.h"
#include "vrrp/effect.h"
#include "vrrp/event.h"

#include <optional>
#include <string>
#include <vector>

namespace baton::sim {

struct Interface {
    std::string name;
    IfIndex index;
    bool up{true};
    std::vector<vrrp::InterfaceAddress> addresses;
};

class Kernel {
public:
    explicit Kernel(std::vector<Interface> interfaces) : interfaces_(std::move(interfaces)) {}

    [[nodiscard]] const std::vector<Interface>& interfaces() const { return interfaces_; }
    [[nodiscard]] Interface* find(const std::string& name);
    [[nodiscard]] const Interface* find(const std::string& name) const;
    [[nodiscard]] const Interface& at(IfIndex index) const;

    /// Nothing when all addresses stand there with our mark (or may be adopted); otherwise why not.
    [[nodiscard]] std::optional<std::string> hold(const vrrp::HoldAddresses& wish);
    void release(const vrrp::ReleaseAddresses& wish);

    /// The lease ran out: all addresses with our mark go.
    void expire();
    /// Somebody deletes an address, whoever put it there.
    void remove(const IpAddress& address);

    [[nodiscard]] bool has_ours(IfIndex index, const Prefix& prefix) const;
    [[nodiscard]] bool has_any_ours() const;

    bool refuses_hold{false};
    bool refuses_routes{false};
    bool refuses_send{false};

private:
    [[nodiscard]] Interface& change(IfIndex index);

    std::vector<Interface> interfaces_;
};

} // namespace baton::sim
