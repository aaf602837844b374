// How addresses are put on an interface, beyond which ones: label, scope, and for how long.
//
// Plain values, in the words of ip-address(8).
#pragma once

#include "base/address.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace baton::netlink {

/// An address that is not shown as usual.
struct AddressLook {
    Prefix address;
    std::string label;                 ///< IPv4 only: "eth0:mail"; empty: the interface's name
    std::optional<std::uint8_t> scope; ///< IPv4 only: RT_SCOPE_* of linux/rtnetlink.h

    friend bool operator==(const AddressLook&, const AddressLook&) = default;
};

struct AddressForm {
    std::span<const AddressLook> looks; ///< of those among the addresses that have one; others do no harm
    /// "valid_lft": how long the kernel keeps them, unless they are renewed; zero: for ever.
    std::chrono::seconds lease{0};
};

} // namespace baton::netlink
