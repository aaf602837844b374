// All that can happen to a Node. Each is a plain value and goes in through Node::handle, with the time.
//
// Events borrow (an advert views the datagram it came in): handle() copies what it keeps.
#pragma once

#include "base/address.h"
#include "base/strong.h"
#include "base/time.h"
#include "vrrp/advert.h"
#include "vrrp/settings.h"
#include "vrrp/types.h"

#include <map>
#include <string>
#include <variant>
#include <vector>

namespace baton::vrrp {

/// A well-formed advert came in on an interface.
struct AdvertReceived {
    IfIndex interface;
    IpAddress source;
    IpAddress destination;
    Advert advert;
    std::uint8_t hop_limit{advert_hop_limit};
};

/// A datagram of protocol 112 came in that decode() refused.
struct AdvertRejected {
    IfIndex interface;
    IpAddress source;
    Peek says; ///< as far as it can be read
    Reject reason{};
};

/// The deadline has come (or anything else woke us: one too many does no harm).
struct Elapsed {};

/// The present state of an interface, by name; told for every interface at the start and at each change.
/// A new index under an old name means it was deleted and made again.
struct LinkChanged {
    std::string name;
    IfIndex index;                        ///< none once it is gone
    bool exists{true};                    ///< false: it was deleted
    bool up{false};                       ///< administratively up and with carrier
    std::optional<MacAddress> mac{};      ///< of Ethernet
    std::map<Family, std::string> deaf{}; ///< whose adverts can be neither sent nor heard there, and why
    std::uint32_t mtu{0};                 ///< the longest packet, from the IP header on; 0: not known
    bool returned{false};                 ///< up, as was told before, and not up meanwhile
};

/// Somebody on the link says that an address is at a MAC address: by ARP (RFC 826), or a Neighbor
/// Advertisement (RFC 4861).
struct AddressClaimed {
    IfIndex interface;
    IpAddress address;
    MacAddress mac;
};

/// One address of an interface, as the kernel has it.
struct InterfaceAddress {
    Prefix prefix;
    bool ours{false};      ///< carries our mark: baton put it there
    bool tentative{false}; ///< IPv6: not yet to be used (RFC 4862 section 5.4), or found twice

    friend bool operator==(const InterfaceAddress&, const InterfaceAddress&) = default;
};

/// All addresses of an interface, in the kernel's order; told at the start and at each change. The state as a
/// whole, not the difference: telling it twice is harmless.
struct AddressesChanged {
    IfIndex index;
    std::vector<InterfaceAddress> addresses;
};

/// The kernel's tables were read anew, as from time to time and after an overrun. What nobody tells of the
/// loss of, routes and rules, is to be asked for again.
struct TablesRead {};

/// One raw result of a check. Counting (rise, fall) is the Node's.
struct Probed {
    CheckId check;
    bool ok{false};
    std::string detail; ///< for people: "exit status 1: connection refused"
    Duration took{};
    std::optional<double> share{}; ///< 0..1: how much of it is well, where the check can tell
};

/// Somebody says by hand what a check is to count as; nothing: what its results say.
struct CheckSet {
    CheckId check;
    std::optional<bool> up{};
};

/// An instance is to hand over and stand aside, and the others of its sync group with it: planned work on
/// this host. Of one that is not Active only that it stands aside.
struct ReleaseAsked {
    InstanceId instance;
    std::optional<Time> until{}; ///< none: until it is resumed
    bool force{false};           ///< let go also when nobody takes over; else it goes on as Active then
};

/// It, and the others of its sync group, are to take part again.
struct ResumeAsked {
    InstanceId instance;
};

/// The gate that RunGate asked for has come to an end.
struct HookFinished {
    InstanceId instance;
    bool ok{false};
    std::string why{}; ///< it was not passed: "/usr/lib/baton/hooks/service-migrate: exit status 1"
};

enum class EffectKind : std::uint8_t {
    send_advert,
    hold_addresses,
    release_addresses,
    hold_routes,
    release_routes,
    announce
};

[[nodiscard]] constexpr const char* to_string(EffectKind effect) {
    switch (effect) {
    case EffectKind::send_advert:
        return "send_advert";
    case EffectKind::hold_addresses:
        return "hold_addresses";
    case EffectKind::release_addresses:
        return "release_addresses";
    case EffectKind::hold_routes:
        return "hold_routes";
    case EffectKind::release_routes:
        return "release_routes";
    case EffectKind::announce:
        return "announce";
    }
    return "";
}

/// An effect could not be performed (the rule is in effect.h). Fed at once, before any other event.
struct EffectFailed {
    InstanceId instance;
    EffectKind effect{};
    std::string why; ///< "10.0.1.100/24 on eth0: Operation not permitted"
};

enum class Command : std::uint8_t {
    startup, ///< RFC 9568 "Startup": begin to take part; sent once the first links and addresses are told
    /// RFC 9568 "Shutdown": hand over, then let go (make before break, decision 006). Given a second time,
    /// it lets go at once.
    shutdown
};

struct Commanded {
    Command command{};
};

/// Other settings, all of them: what is equal goes on undisturbed. Instances and checks are the same when
/// they have the same name. Who is no longer named hands over and goes (vrrp/routers.h has the rules).
struct Reconfigured {
    Settings settings;
};

using Event = std::variant<AdvertReceived, AdvertRejected, Elapsed, LinkChanged, AddressClaimed,
                           AddressesChanged, TablesRead, Probed, CheckSet, ReleaseAsked, ResumeAsked,
                           HookFinished, EffectFailed, Commanded, Reconfigured>;

/// The event that a datagram of protocol 112 is: AdvertReceived or AdvertRejected. Views the datagram, of
/// which the last `trailer` octets (0 or trailer_size) are for whoever has the keys.
[[nodiscard]] Event heard(const Datagram& datagram, std::size_t trailer = 0);

/// The event of a datagram that somebody else found fault with.
[[nodiscard]] AdvertRejected refused(const Datagram& datagram, Reject reason);

} // namespace baton::vrrp
