#include "vrrp/holdings.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace baton::vrrp {
namespace {

const std::string& interface_of(const Prefix& prefix, const InstanceSettings& settings) {
    for (const auto& elsewhere : settings.elsewhere)
        if (elsewhere.address == prefix)
            return elsewhere.interface;
    return settings.holding_interface();
}

bool names(const std::vector<Prefix>& addresses, const Prefix& prefix) {
    return std::find(addresses.begin(), addresses.end(), prefix) != addresses.end();
}

bool is_held(const std::vector<Holding>& holdings, const std::string& interface, const Prefix& prefix) {
    return std::any_of(holdings.begin(), holdings.end(), [&](const Holding& holding) {
        return holding.interface == interface && names(holding.addresses, prefix);
    });
}

bool is_present(const Prefix& prefix, std::span<const InterfaceAddress> present, bool only_ours) {
    return std::any_of(present.begin(), present.end(), [&](const InterfaceAddress& address) {
        return address.prefix == prefix && (address.ours || !only_ours);
    });
}

} // namespace

std::vector<Holding> holdings_of(const InstanceSettings& settings) {
    std::vector<Holding> holdings{{settings.holding_interface(), {}}};
    for (const auto* list : {&settings.addresses, &settings.excluded})
        for (const auto& prefix : *list) {
            const auto& interface = interface_of(prefix, settings);
            auto holding = std::find_if(holdings.begin(), holdings.end(),
                                        [&](const Holding& one) { return one.interface == interface; });
            if (holding == holdings.end())
                holding = holdings.insert(holding, {interface, {}});
            holding->addresses.push_back(prefix);
        }
    std::erase_if(holdings, [](const Holding& holding) { return holding.addresses.empty(); });
    return holdings;
}

Holdings::Holdings(InstanceId id, const InstanceSettings& settings) : id_(id), settings_(settings) {
    for (auto& holding : holdings_of(settings)) {
        std::vector<bool> marked(holding.addresses.size());
        places_.push_back({std::move(holding), {}, std::move(marked)});
    }
}

void Holdings::place(std::span<const IfIndex> interfaces, bool if_held, Effects& out) {
    for (std::size_t i = 0; i < places_.size(); ++i) {
        if (if_held && places_[i].where != interfaces[i])
            release(places_[i], out); // renamed or made again: the old one may still be there
        places_[i].where = interfaces[i];
    }
}

std::optional<std::string> Holdings::missing() const {
    for (const auto& place : places_)
        if (place.where == IfIndex{})
            return place.what.interface;
    return std::nullopt;
}

bool Holdings::nowhere() const {
    return std::all_of(places_.begin(), places_.end(),
                       [](const Place& place) { return place.where == IfIndex{}; });
}

void Holdings::give_up(const InstanceSettings& next, Effects& out) {
    if (!stray_)
        given_up_.clear();
    const auto wanted = holdings_of(next);
    for (auto& left : given_up_)
        std::erase_if(left.what.addresses,
                      [&](const Prefix& prefix) { return is_held(wanted, left.what.interface, prefix); });
    for (const auto& place : places_) {
        Place left{{place.what.interface, {}}, place.where, {}};
        for (const auto& prefix : place.what.addresses)
            if (!is_held(wanted, left.what.interface, prefix))
                left.what.addresses.push_back(prefix);
        given_up_.push_back(std::move(left));
    }
    release_given_up(out);
}

void Holdings::release_given_up(Effects& out) {
    stray_ = false;
    for (const auto& left : given_up_)
        if (left.where != IfIndex{} && !left.what.addresses.empty())
            out.emplace_back(ReleaseAddresses{id_, left.where, left.what.addresses, true});
}

bool Holdings::disown(const InstanceSettings& other) {
    const auto theirs = holdings_of(other);
    std::size_t disowned = 0;
    for (auto& left : given_up_)
        disowned += std::erase_if(left.what.addresses, [&](const Prefix& prefix) {
            return is_held(theirs, left.what.interface, prefix);
        });
    return disowned != 0;
}

bool Holdings::renew() {
    previous_ = std::exchange(places_, {});
    for (auto& holding : holdings_of(settings_)) {
        Place place{std::move(holding), {}, {}};
        const auto before = std::find_if(previous_.begin(), previous_.end(), [&](const Place& one) {
            return one.what.interface == place.what.interface;
        });
        const bool known = before != previous_.end();
        place.where = known ? before->where : IfIndex{};
        for (const auto& prefix : place.what.addresses)
            place.marked.push_back(known && before->is_marked(prefix));
        places_.push_back(std::move(place));
    }
    return !std::equal(places_.begin(), places_.end(), previous_.begin(), previous_.end(),
                       [](const Place& a, const Place& b) { return a.what == b.what; });
}

void Holdings::hold_in_place(Effects& out) const {
    for (const auto& place : places_)
        out.emplace_back(
            HoldAddresses{id_, place.where, place.what.addresses, settings_.adopts_addresses(), false, true});
    hold_routes(out); // the kernel drops those whose source address went
}

bool Holdings::Place::is_marked(const Prefix& prefix) const {
    for (std::size_t i = 0; i < what.addresses.size(); ++i)
        if (what.addresses[i] == prefix)
            return marked[i];
    return false;
}

/// The instance's own interface after the others: with a virtual MAC address it is silent until then, and
/// stays so when one of the others cannot be held. Routes come last: they may name an address as their
/// source, or a gateway in its network.
void Holdings::hold(Effects& out) const {
    for (auto place = places_.rbegin(); place != places_.rend(); ++place)
        out.emplace_back(
            HoldAddresses{id_, place->where, place->what.addresses, settings_.adopts_addresses()});
    hold_routes(out);
}

void Holdings::hold_routes(Effects& out) const {
    if (settings_.routing.any)
        out.emplace_back(HoldRoutes{id_});
}

/// And go first, while they can still be told from those of others.
void Holdings::release(Effects& out) {
    if (settings_.routing.any)
        out.emplace_back(ReleaseRoutes{id_});
    for (auto& place : places_) {
        place.marked.assign(place.marked.size(), false);
        release(place, out);
    }
    if (stray_)
        release_given_up(out);
}

void Holdings::release(const Place& place, Effects& out) const {
    if (place.where != IfIndex{})
        out.emplace_back(ReleaseAddresses{id_, place.where, place.what.addresses});
}

void Holdings::announce(Effects& out) const {
    for (const auto& place : places_)
        announce(place, out);
}

void Holdings::announce(const Place& place, Effects& out) const {
    out.emplace_back(Announce{id_, place.where, place.what.addresses, settings_.announce.form});
}

std::vector<Holdings::Place>::const_iterator Holdings::find(IfIndex interface) const {
    return std::find_if(places_.begin(), places_.end(),
                        [&](const Place& place) { return place.where == interface; });
}

bool Holdings::has(std::size_t holding, const IpAddress& address) const {
    const auto& there = places_[holding].what.addresses;
    return std::any_of(there.begin(), there.end(),
                       [&](const Prefix& prefix) { return prefix.address == address; });
}

bool Holdings::carried_by(IfIndex interface) const {
    return interface != IfIndex{} && find(interface) != places_.end();
}

Holdings::Look Holdings::look(IfIndex interface, std::span<const InterfaceAddress> present, bool active) {
    assert(carried_by(interface));
    Look look;
    look.holding = static_cast<std::size_t>(find(interface) - places_.begin());
    auto& place = places_[look.holding];
    const auto& wanted = place.what.addresses;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        std::vector<bool>::reference marked = place.marked[i];
        const bool ours = is_present(wanted[i], present, true);
        const bool there = is_present(wanted[i], present, false);
        const bool own = settings_.adopts_addresses() && !marked; // the owner's own never had the mark
        look.left_over = look.left_over || ours;
        look.complete = look.complete && (ours || (own && there));
        if (marked && !ours && there)
            look.unmarked.push_back(i); // without our mark it could not be released later
        if (active)
            marked = marked || ours;
    }
    return look;
}

void Holdings::hold_again(const Look& look, Effects& out) const {
    const auto& place = places_[look.holding];
    const std::span<const Prefix> all = place.what.addresses;
    if (settings_.adopts_addresses()) {
        for (const auto index : look.unmarked)
            out.emplace_back(HoldAddresses{id_, place.where, all.subspan(index, 1), false, true});
        out.emplace_back(HoldAddresses{id_, place.where, all, true, false});
    } else {
        out.emplace_back(HoldAddresses{id_, place.where, all, false, true});
    }
    hold_routes(out); // the kernel drops those whose source address went
    announce(place, out);
}

void Holdings::release(const Look& look, Effects& out) const { release(places_[look.holding], out); }

} // namespace baton::vrrp
