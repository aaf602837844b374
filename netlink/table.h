// All interfaces and their addresses, and what of it has not been told yet.
//
// Pure. Fed with links in the order of events and with addresses as they were read; take_changes() answers
// the difference to what was last taken, as whole states (level-triggered): what came and went between two
// takes is nobody's business, but that a link went and came is: its neighbours may have forgotten what stands
// there. Links are told by name, for configuration names them; a name whose index changed was made again.
#pragma once

#include "netlink/interface.h"

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace baton::netlink {

/// What is told of an interface, by name.
struct LinkState {
    std::string name;
    IfIndex index; ///< none once it is gone
    bool exists{false};
    bool up{false};
    std::optional<MacAddress> mac{}; ///< Ethernet only
    std::uint32_t mtu{0};            ///< as in Link
    bool returned{false};            ///< up, as was told before, and not up meanwhile

    friend bool operator==(const LinkState&, const LinkState&) = default;
};

/// The addresses of an interface as a whole.
struct AddressState {
    IfIndex interface;
    std::vector<HeldAddress> addresses;

    friend bool operator==(const AddressState&, const AddressState&) = default;
};

/// In the order to tell: links that are gone, links that are there, addresses of those that are there.
struct Changes {
    std::vector<LinkState> links;
    std::vector<AddressState> addresses;
};

class Table {
public:
    void put(Link link);        ///< RTM_NEWLINK: new, or changed
    void remove(IfIndex index); ///< RTM_DELLINK

    /// What an interface carries now, all of it in the kernel's order.
    void put(IfIndex index, std::vector<HeldAddress> addresses);

    /// What was read out of the kernel just now takes the place of everything.
    void replace(std::vector<Link> links, const std::vector<PlacedAddress>& addresses);

    [[nodiscard]] Changes take_changes();

    [[nodiscard]] const Interface* find(std::string_view name) const;
    [[nodiscard]] const Interface* find(IfIndex index) const;

private:
    void note_return(const Link& before, const Link& now);
    void take_link_changes(Changes& changes);
    void take_address_changes(Changes& changes);

    std::map<IfIndex, Interface> present_;
    std::map<std::string, IfIndex, std::less<>> by_name_;
    std::map<std::string, LinkState, std::less<>> told_links_;
    std::map<IfIndex, std::vector<HeldAddress>> told_addresses_;
    std::set<std::string> touched_names_; ///< those that take_changes() has to look at
    std::set<IfIndex> touched_indices_;
    std::set<IfIndex> returned_; ///< whose link came since the last take
};

} // namespace baton::netlink
