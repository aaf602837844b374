#include "vrrp/routers.h"

#include <algorithm>

namespace baton::vrrp {
namespace {

bool share_an_address(const InstanceSettings& a, const InstanceSettings& b) {
    for (const auto* of_a : {&a.addresses, &a.excluded})
        for (const auto& prefix : *of_a)
            for (const auto* of_b : {&b.addresses, &b.excluded})
                if (std::any_of(of_b->begin(), of_b->end(),
                                [&](const Prefix& other) { return other.address == prefix.address; }))
                    return true;
    return false;
}

/// Both at once would be one virtual router twice, or one address, or one interface with a virtual MAC.
bool collide(const InstanceSettings& a, const InstanceSettings& b) {
    const bool same_router = a.interface == b.interface && a.vrid == b.vrid && a.family() == b.family();
    const bool same_holder = !a.holder.empty() && a.holder == b.holder;
    return same_router || same_holder || share_an_address(a, b);
}

} // namespace

Routers::Routers(const std::vector<InstanceSettings>& instances, Time now) : places_(instances.size()) {
    for (std::size_t i = 0; i < instances.size(); ++i)
        places_[i].router =
            std::make_unique<Router>(InstanceId{static_cast<std::uint32_t>(i)}, instances[i], now);
}

std::optional<InstanceId> Routers::find(const std::string& name) const {
    for (std::size_t i = 0; i < places_.size(); ++i)
        if (places_[i].present() && !places_[i].leaving && places_[i].router->settings().name == name)
            return InstanceId{static_cast<std::uint32_t>(i)};
    return std::nullopt;
}

std::vector<Occupant> Routers::occupants() const {
    std::vector<Occupant> all;
    for (std::size_t i = 0; i < places_.size(); ++i) {
        const auto& place = places_[i];
        const InstanceId id{static_cast<std::uint32_t>(i)};
        if (place.present())
            all.push_back({id, &place.router->settings(), place.leaving, place.has_left(), false});
        if (place.next)
            all.push_back({id, &*place.next, false, false, true});
    }
    return all;
}

void Routers::plan(const std::vector<InstanceSettings>& wanted, Time now, Effects& out) {
    std::vector<const InstanceSettings*> left_over;
    left_over.reserve(wanted.size());
    for (const auto& instance : wanted)
        left_over.push_back(&instance);
    const auto take = [&](const std::string& name) -> const InstanceSettings* {
        const auto found = std::find_if(left_over.begin(), left_over.end(),
                                        [&](const auto* instance) { return instance->name == name; });
        if (found == left_over.end())
            return nullptr;
        const auto* taken = *found;
        left_over.erase(found);
        return taken;
    };
    for (auto& place : places_) {
        place.next.reset();
        if (!place.present())
            continue;
        const auto& now_here = place.router->settings();
        const auto* then = take(now_here.name);
        if (then != nullptr && (place.leaving || *then != now_here))
            place.next = *then;
        if (then == nullptr || !now_here.becomes(*then))
            leave(place, now, out);
    }
    for (const auto* newcomer : left_over)
        free_place().next = *newcomer;
}

void Routers::leave(Place& place, Time now, Effects& out) {
    if (place.leaving)
        return;
    place.leaving = true;
    place.just_told = true;
    place.router->shutdown(now, out);
}

Routers::Place& Routers::free_place() {
    const auto found =
        std::find_if(places_.begin(), places_.end(), [](const Place& place) { return place.free(); });
    return found == places_.end() ? places_.emplace_back() : *found;
}

void Routers::cancel() {
    for (auto& place : places_)
        place.next.reset();
}

bool Routers::can_advance() const {
    bool waiting = false;
    for (const auto& place : places_) {
        if (place.has_left())
            return true;
        waiting = waiting || place.next;
    }
    return waiting && !ready().empty();
}

/// Those that wait and have nobody in their way: neither one that still leaves, nor one that has to wait
/// itself. One that drops out may be in the way of another, so again until none does.
std::vector<std::size_t> Routers::ready() const {
    std::vector<std::size_t> ready;
    for (std::size_t i = 0; i < places_.size(); ++i)
        if (places_[i].next && (!places_[i].present() || !places_[i].leaving || places_[i].has_left()))
            ready.push_back(i);
    std::size_t before = 0;
    do {
        before = ready.size();
        std::erase_if(ready, [&, all = ready](std::size_t place) { return in_the_way(place, all); });
    } while (ready.size() != before);
    return ready;
}

bool Routers::in_the_way(std::size_t place, const std::vector<std::size_t>& ready) const {
    const auto& next = *places_[place].next;
    for (std::size_t i = 0; i < places_.size(); ++i) {
        const auto& other = places_[i];
        // What neither leaves nor changes is wanted as it is, and what is wanted does not collide.
        if (i == place || !other.present() || other.has_left() || !(other.leaving || other.next) ||
            std::binary_search(ready.begin(), ready.end(), i))
            continue;
        if (collide(other.router->settings(), next))
            return true;
    }
    return false;
}

/// Who begins anew stands aside still.
std::optional<Release> Routers::released_here(const Place& place) {
    const bool same = place.router != nullptr && place.router->settings().name == place.next->name;
    return same ? place.router->released() : std::nullopt;
}

/// Addresses are given up by all before anybody takes one that was another's.
Routers::Step Routers::advance(Time now, Effects& out) {
    Step step;
    const auto ready = this->ready();
    for (const auto i : ready)
        if (places_[i].present() && !places_[i].leaving)
            places_[i].router->give_up_addresses(*places_[i].next, now, out);
    for (const auto i : ready) {
        auto& place = places_[i];
        const InstanceId id{static_cast<std::uint32_t>(i)};
        if (place.present() && !place.leaving) {
            place.router->become(std::move(*place.next), now);
            step.changed.push_back(id);
        } else {
            const auto released = released_here(place);
            place = Place{std::make_unique<Router>(id, std::move(*place.next), now), {}, false, false, false};
            if (released)
                place.router->keep_released(*released);
            step.begun.push_back(id);
        }
        place.next.reset();
    }
    for (std::size_t i = 0; i < places_.size(); ++i) {
        auto& place = places_[i];
        if (place.has_left()) { // also when what is to come here waits: its addresses may be another's by now
            place.gone = true;
            place.leaving = false;
            step.gone.emplace_back(static_cast<std::uint32_t>(i));
        }
        place.just_told = false;
    }
    return step;
}

} // namespace baton::vrrp
