// What a router holds while Active: its addresses, by the interface that carries them, and its routes.
//
// Mostly there is one interface. Others come in with addresses that the configuration puts elsewhere. This
// asks for effects and remembers which addresses carried our mark; when to hold and when to let go is the
// router's (RFC 9568 section 6.4).
#pragma once

#include "base/strong.h"
#include "vrrp/effect.h"
#include "vrrp/event.h"
#include "vrrp/settings.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace baton::vrrp {

/// The addresses of one instance that one interface carries.
struct Holding {
    std::string interface;
    std::vector<Prefix> addresses; ///< in the order of the settings; at least one

    friend bool operator==(const Holding&, const Holding&) = default;
};

/// All addresses of an instance, advertised and excluded. An interface stands in it once; the one that
/// carries all but those put elsewhere is the first.
[[nodiscard]] std::vector<Holding> holdings_of(const InstanceSettings& settings);

class Holdings {
public:
    /// `settings` must outlive this.
    Holdings(InstanceId id, const InstanceSettings& settings);

    /// What the present addresses of an interface say of those that belong there.
    struct Look {
        bool complete{true};               ///< all are there as they should be
        bool left_over{false};             ///< some carry our mark
        std::size_t holding{0};            ///< which one, for hold_again() and release()
        std::vector<std::size_t> unmarked; ///< had our mark until now: somebody replaced them
    };

    /// The interfaces by name, in the order of holdings_of().
    [[nodiscard]] std::size_t count() const { return places_.size(); }
    [[nodiscard]] const std::string& interface(std::size_t holding) const {
        return places_[holding].what.interface;
    }

    /// The interfaces by number, in the same order; none where there is no such interface. One
    /// that has another number now is another interface: what is held on the old one is released, `if_held`.
    void place(std::span<const IfIndex> interfaces, bool if_held, Effects& out);
    /// The name of an interface that does not exist.
    [[nodiscard]] std::optional<std::string> missing() const;
    /// No interface is left that could carry any of them.
    [[nodiscard]] bool nowhere() const;

    [[nodiscard]] bool carried_by(IfIndex interface) const;
    [[nodiscard]] bool has(std::size_t holding, const IpAddress& address) const;

    void hold(Effects& out) const;
    /// Of a router that stays Active while the settings change: releases what `next` does not hold there.
    void give_up(const InstanceSettings& next, Effects& out);
    /// The settings have been changed: true when something else is to be held now. New interfaces are to be
    /// placed. What effects borrowed before stays until the next call.
    [[nodiscard]] bool renew();
    void hold_in_place(Effects& out) const;
    /// A release failed: what was given up may be there still, until release_given_up() or release().
    void release_failed() { stray_ = !given_up_.empty(); }
    [[nodiscard]] bool has_stray() const { return stray_; }
    void release_given_up(Effects& out);
    /// Another instance has these now: true when what was given up was among them.
    [[nodiscard]] bool disown(const InstanceSettings& other);
    void release(Effects& out);
    void announce(Effects& out) const;

    /// Only for an interface that carries some of them. While `active`, remembers the marks.
    [[nodiscard]] Look look(IfIndex interface, std::span<const InterfaceAddress> present, bool active);
    /// Puts back what look() found to be gone or changed, and announces it.
    void hold_again(const Look& look, Effects& out) const;
    void release(const Look& look, Effects& out) const;
    /// The kernel drops routes with an interface, and nobody tells us: asks for them anew.
    void hold_routes(Effects& out) const;

private:
    struct Place {
        Holding what;
        IfIndex where;
        std::vector<bool> marked; ///< by address: seen with our mark in this reign

        [[nodiscard]] bool is_marked(const Prefix& prefix) const;
    };

    [[nodiscard]] std::vector<Place>::const_iterator find(IfIndex interface) const;
    void release(const Place& place, Effects& out) const;
    void announce(const Place& place, Effects& out) const;

    InstanceId id_;
    const InstanceSettings& settings_;
    std::vector<Place> places_;
    std::vector<Place> previous_; ///< before renew(), for effects that borrow from them
    std::vector<Place> given_up_; ///< for the same reason, and until they are gone
    bool stray_{false};           ///< some of those may be there still
};

} // namespace baton::vrrp
