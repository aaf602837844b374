// The routers of a Node, each in its place, and what becomes of them when the settings change.
//
// The rules:
//   1. Who has the same name stays in its place; who comes takes a free one, so that an InstanceId means one
//      instance as long as it is here.
//   2. Equal settings: nothing is done. Others that the router can go on with (InstanceSettings::becomes)
//      are taken over in place. With the rest it hands over, lets go, and begins anew.
//   3. Who comes or changes waits for those who leave what it needs: the VRID, an address, an interface.
//   4. A place is used again with a later event, as effects borrow from the router that was there.
#pragma once

#include "vrrp/occupant.h"
#include "vrrp/router.h"
#include "vrrp/settings.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace baton::vrrp {

class Routers {
public:
    Routers(const std::vector<InstanceSettings>& instances, Time now);

    [[nodiscard]] Router& operator[](InstanceId id) { return *places_[id.value].router; }
    [[nodiscard]] const Router& operator[](InstanceId id) const { return *places_[id.value].router; }
    [[nodiscard]] bool knows(InstanceId id) const {
        return id.value < places_.size() && places_[id.value].router != nullptr;
    }

    /// Calls `visit` for each router that is here, those that leave among them.
    template <class Visit>
    void each(Visit&& visit) {
        for (auto& place : places_)
            if (place.present())
                visit(*place.router);
    }
    template <class Visit>
    void each(Visit&& visit) const {
        for (const auto& place : places_)
            if (place.present())
                visit(std::as_const(*place.router));
    }

    [[nodiscard]] bool leaves(InstanceId id) const { return places_[id.value].leaving; }

    /// The one of that name that is here to stay.
    [[nodiscard]] std::optional<InstanceId> find(const std::string& name) const;

    /// All settings in use, and those that wait.
    [[nodiscard]] std::vector<Occupant> occupants() const;

    /// Notes what is to become of each, and tells those to leave that must.
    void plan(const std::vector<InstanceSettings>& wanted, Time now, Effects& out);

    /// Forgets what waits: the whole Node ends.
    void cancel();

    /// Somebody has left, and what comes of it has not been done yet.
    [[nodiscard]] bool can_advance() const;

    /// What has come of plan().
    struct Step {
        std::vector<InstanceId> changed; ///< in place
        std::vector<InstanceId> begun;   ///< new routers
        std::vector<InstanceId> gone;
    };

    /// Does what may be done by now. Who was told to leave in this very event has not gone yet.
    [[nodiscard]] Step advance(Time now, Effects& out);

private:
    struct Place {
        std::unique_ptr<Router> router;       ///< stays when it has gone, until the place is used again
        std::optional<InstanceSettings> next; ///< what is to come here, or to become of it
        bool leaving{false};
        bool just_told{false}; ///< to leave, in this event
        bool gone{false};

        [[nodiscard]] bool present() const { return router != nullptr && !gone; }
        [[nodiscard]] bool free() const { return !present() && !next; }
        [[nodiscard]] bool has_left() const { return present() && leaving && !just_told && router->gone(); }
    };

    void leave(Place& place, Time now, Effects& out);
    [[nodiscard]] Place& free_place();
    [[nodiscard]] static std::optional<Release> released_here(const Place& place);
    [[nodiscard]] std::vector<std::size_t> ready() const;
    [[nodiscard]] bool in_the_way(std::size_t place, const std::vector<std::size_t>& ready) const;

    std::vector<Place> places_;
};

} // namespace baton::vrrp
