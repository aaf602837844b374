#include "netlink/table.h"

namespace baton::netlink {

void Table::put(Link link) {
    touched_names_.insert(link.name);
    touched_indices_.insert(link.index);
    Interface& interface = present_[link.index];
    const auto former = by_name_.find(interface.link.name);
    if (former != by_name_.end() && former->second == link.index && former->first != link.name) {
        touched_names_.insert(former->first);
        by_name_.erase(former);
    }
    by_name_[link.name] = link.index;
    note_return(interface.link, link);
    interface.link = std::move(link);
}

// The kernel too tells of the last state only when a carrier goes and comes fast, but it counts.
void Table::note_return(const Link& before, const Link& now) {
    if (before.index == now.index && ((now.up && !before.up) || now.carrier_ups != before.carrier_ups))
        returned_.insert(now.index);
}

void Table::remove(IfIndex index) {
    const auto interface = present_.find(index);
    if (interface == present_.end())
        return;
    const std::string& name = interface->second.link.name;
    touched_names_.insert(name);
    touched_indices_.insert(index);
    // The name may have gone to another interface already.
    if (const auto named = by_name_.find(name); named != by_name_.end() && named->second == index)
        by_name_.erase(named);
    returned_.erase(index);
    present_.erase(interface);
}

void Table::put(IfIndex index, std::vector<HeldAddress> addresses) {
    const auto interface = present_.find(index);
    if (interface == present_.end()) // its link comes first, always; this one was deleted since
        return;
    touched_indices_.insert(index);
    interface->second.addresses = std::move(addresses);
}

void Table::replace(std::vector<Link> links, const std::vector<PlacedAddress>& addresses) {
    const auto before = present_;
    const auto returned = returned_;
    while (!present_.empty())
        remove(present_.begin()->first);
    for (Link& link : links) {
        if (const auto known = before.find(link.index); known != before.end()) {
            note_return(known->second.link, link);
            if (returned.contains(link.index))
                returned_.insert(link.index);
        }
        put(std::move(link));
    }
    for (const PlacedAddress& placed : addresses)
        if (const auto interface = present_.find(placed.interface); interface != present_.end())
            interface->second.addresses.push_back(placed.address);
}

Changes Table::take_changes() {
    Changes changes;
    take_link_changes(changes);
    take_address_changes(changes);
    return changes;
}

void Table::take_link_changes(Changes& changes) {
    std::vector<LinkState> there;
    for (const std::string& name : touched_names_) {
        const auto told = told_links_.find(name);
        const Interface* interface = find(name);
        if (interface == nullptr) {
            if (told != told_links_.end()) {
                changes.links.push_back({name, IfIndex(), false, false});
                told_links_.erase(told);
            }
            continue;
        }
        const auto& link = interface->link;
        LinkState state{name, link.index, true, link.up, link.mac, link.mtu};
        // New under this name: whoever knows interfaces by name has never heard of its addresses.
        const bool renamed = told == told_links_.end() || told->second.index != state.index;
        if (renamed && told_addresses_.erase(state.index) > 0)
            touched_indices_.insert(state.index);
        const bool returned = !renamed && told->second.up && state.up && returned_.contains(state.index);
        if (told == told_links_.end() || told->second != state || returned) {
            told_links_.insert_or_assign(name, state);
            state.returned = returned;
            there.push_back(std::move(state));
        }
    }
    touched_names_.clear();
    returned_.clear();
    changes.links.insert(changes.links.end(), there.begin(), there.end());
}

void Table::take_address_changes(Changes& changes) {
    for (const IfIndex index : touched_indices_) {
        const Interface* interface = find(index);
        if (interface == nullptr) {
            told_addresses_.erase(index); // told as a link that is gone
            continue;
        }
        const auto told = told_addresses_.find(index);
        if (told == told_addresses_.end() || told->second != interface->addresses) {
            told_addresses_.insert_or_assign(index, interface->addresses);
            changes.addresses.push_back({index, interface->addresses});
        }
    }
    touched_indices_.clear();
}

const Interface* Table::find(std::string_view name) const {
    const auto named = by_name_.find(name);
    return named == by_name_.end() ? nullptr : find(named->second);
}

const Interface* Table::find(IfIndex index) const {
    const auto interface = present_.find(index);
    return interface == present_.end() ? nullptr : &interface->second;
}

} // namespace baton::netlink
