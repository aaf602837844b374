// Makes the link that carries a virtual router's MAC address (RFC 9568 section 7.3): a macvlan on the
// interface that the router runs on.
//
// It is in bridge mode, so that adverts from another holder of the same MAC address still reach the parent.
// It makes no IPv6 address of its own and is down, until told otherwise: whoever is not Active must not send
// a single frame from the virtual MAC. It stands in IFLA_GROUP that we made it; macvlans of others, also of
// the same name, are never touched. RTM_NEWLINK, RTM_DELLINK: rtnetlink(7), linux/if_link.h.
#pragma once

#include "base/address.h"
#include "base/result.h"
#include "netlink/interface.h"
#include "netlink/socket.h"

#include <cstdint>
#include <string>

namespace baton::netlink {

/// The mark: `ip link show group 1650553966` lists what is ours. The group is part of the very message that
/// creates the link; an alias, say, could be given only afterwards, and a daemon killed in between would
/// leave a link that nobody knows. The number is "batn" in octets, so that it meets no administrator's group.
inline constexpr std::uint32_t link_mark = 0x6261746e;

struct Macvlan {
    std::string name; ///< at most 15 octets
    IfIndex parent;
    MacAddress mac;
};

class Macvlans {
public:
    /// `socket` must outlive this.
    explicit Macvlans(Socket& socket) : socket_(socket) {}

    /// Makes the link and answers its number; it is down. One of ours under that name, left by an earlier
    /// run, makes room; any other link of that name is an error and stays as it is.
    [[nodiscard]] Result<IfIndex, Error> create(const Macvlan& macvlan);

    /// When this is done, the link sends and receives. Refused while another link of the same parent is up
    /// with the same MAC address.
    [[nodiscard]] Result<void, Error> set_up(IfIndex link);

    /// Gives it a MAC address.
    [[nodiscard]] Result<void, Error> set_address(IfIndex link, const MacAddress& mac);

    /// When this is done, the link neither sends nor answers, and its IPv6 addresses are gone. One that is
    /// gone is down.
    [[nodiscard]] Result<void, Error> set_down(IfIndex link);

    /// What is gone already is fine; what is not ours is an error and stays.
    [[nodiscard]] Result<void, Error> remove(IfIndex link);

    /// Removes every macvlan of ours: for left-overs of a run that was killed.
    [[nodiscard]] Result<void, Error> sweep();

private:
    [[nodiscard]] std::optional<Refusal> ask(Message request);
    [[nodiscard]] Result<void, Error> make_room(const std::string& name);
    [[nodiscard]] Result<void, Error> remove_ours(IfIndex link, const std::string& name);

    Socket& socket_;
};

} // namespace baton::netlink
