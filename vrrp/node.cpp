#include "vrrp/node.h"

#include "vrrp/announce_pace.h"
#include "vrrp/interfaces.h"
#include "vrrp/listeners.h"
#include "vrrp/router.h"
#include "vrrp/sync_groups.h"
#include "vrrp/tracking.h"

#include <algorithm>
#include <cassert>

namespace baton::vrrp {

/// All the Node knows. Routers refer into `settings`, so Parts never moves.
struct Node::Parts {
    Settings settings;
    Interfaces interfaces;
    std::vector<CheckTracker> checks;
    std::vector<Router> routers;
    SyncGroups sync_groups;
    AnnouncePace pace;
    Listeners listeners;
    RejectCounters rejected;        ///< of adverts that belong to no instance
    NoticeLimit notices;            ///< of those
    std::optional<Time> startup_at; ///< end of the startup delay
    std::optional<Time> again_at;   ///< a sync group waits for what becomes of a takeover
    std::uint64_t transitions{0};

    Parts(Settings given, Time now);

    void on(const AdvertReceived& received, Time now, Effects& out);
    void on(const AdvertRejected& rejected, Time now, Effects& out);
    void on(const Elapsed& elapsed, Time now, Effects& out);
    void on(const LinkChanged& link, Time now, Effects& out);
    void on(const AddressesChanged& changed, Time now, Effects& out);
    void on(const TablesRead& read, Time now, Effects& out);
    void on(const Probed& probed, Time now, Effects& out);
    void on(const EffectFailed& failure, Time now, Effects& out);
    void on(const Commanded& commanded, Time now, Effects& out);

    void startup(Time now, Effects& out);
    void refuse(Reject reason, IfIndex interface, const IpAddress& source, Time now, Effects& out);
    [[nodiscard]] Router* find_router(IfIndex interface, Vrid vrid, Family family);
    void update_routers(Time now, Effects& out);
    void keep_routes_on(const std::string& interface, Time now, Effects& out);
    [[nodiscard]] Conditions conditions_of(std::size_t place) const;
    [[nodiscard]] Contribution contribution_of(const TrackSettings& track) const;
    [[nodiscard]] std::vector<Contribution> contributions_of(const InstanceSettings& instance) const;
};

Node::Parts::Parts(Settings given, Time now)
    : settings(with_shared_tracks(std::move(given))), interfaces(settings), sync_groups(settings, routers),
      pace(settings.announce_rate) {
    for (const auto& check : settings.checks)
        checks.emplace_back(check, now);
    routers.reserve(settings.instances.size());
    for (const auto& instance : settings.instances)
        routers.emplace_back(InstanceId{static_cast<std::uint32_t>(routers.size())}, instance, now);
}

void Node::Parts::on(const AdvertReceived& received, Time now, Effects& out) {
    auto* router = find_router(received.interface, received.advert.vrid, received.source.family());
    if (router == nullptr)
        refuse(Reject::unknown_vrid, received.interface, received.source, now, out);
    else
        router->receive(received, now, out);
}

void Node::Parts::on(const AdvertRejected& event, Time now, Effects& out) {
    auto* router =
        event.says.vrid ? find_router(event.interface, *event.says.vrid, event.source.family()) : nullptr;
    if (router == nullptr)
        refuse(event.reason, event.interface, event.source, now, out);
    else
        router->refuse(event, now, out);
}

/// What belongs to no instance. Other groups' adverts are everyday life on a shared link: counted, not told.
void Node::Parts::refuse(Reject reason, IfIndex interface, const IpAddress& source, Time now, Effects& out) {
    rejected.count(reason);
    if (reason == Reject::unknown_vrid)
        return;
    if (const auto notice = notices.admit(refusal(reason, source), now))
        out.emplace_back(Noticed{std::nullopt, interface, *notice});
}

void Node::Parts::on(const Elapsed&, Time now, Effects& out) {
    if (startup_at && *startup_at <= now)
        startup(now, out);
    sync_groups.put_off(now);
    for (auto& router : routers)
        if (const auto deadline = router.deadline(); deadline && *deadline <= now)
            router.elapsed(now, out);
}

void Node::Parts::on(const LinkChanged& link, Time now, Effects& out) {
    if (interfaces.handle(link) == nullptr)
        return;
    listeners.index(settings, interfaces);
    update_routers(now, out);
    if (link.exists && link.up)
        keep_routes_on(link.name, now, out);
}

void Node::Parts::on(const AddressesChanged& changed, Time now, Effects& out) {
    const auto* interface = interfaces.handle(changed);
    if (interface == nullptr)
        return;
    for (std::size_t i = 0; i < routers.size(); ++i) {
        const auto& instance = settings.instances[i];
        if (instance.interface == interface->name) {
            routers[i].update(conditions_of(i), now, out);
            if (routers[i].is_taking_over())
                continue; // what was told is how it was before
        }
        routers[i].addresses_present(interface->index, interface->addresses, now, out);
    }
}

void Node::Parts::on(const TablesRead&, Time now, Effects& out) {
    for (auto& router : routers)
        router.keep_routes(now, out);
}

void Node::Parts::on(const Probed& probed, Time now, Effects& out) {
    assert(probed.check.value < checks.size());
    auto& check = checks[probed.check.value];
    if (!check.handle(probed, now))
        return;
    out.emplace_back(CheckChanged{probed.check, probed.ok, probed.detail});
    update_routers(now, out);
}

void Node::Parts::on(const EffectFailed& failure, Time now, Effects& out) {
    assert(failure.instance.value < routers.size());
    routers[failure.instance.value].effect_failed(failure, now, out);
}

void Node::Parts::on(const Commanded& commanded, Time now, Effects& out) {
    switch (commanded.command) {
    case Command::startup:
        if (settings.startup_delay == Duration::zero())
            return startup(now, out);
        startup_at = now + settings.startup_delay;
        for (auto& router : routers)
            router.delay_startup(settings.startup_delay);
        return;
    case Command::shutdown:
        startup_at.reset();
        for (auto& router : routers)
            router.shutdown(now, out);
        return;
    }
}

void Node::Parts::startup(Time now, Effects& out) {
    startup_at.reset();
    for (auto& router : routers)
        router.startup(now, out);
}

Router* Node::Parts::find_router(IfIndex interface, Vrid vrid, Family family) {
    const auto index = listeners.find(interface, vrid, family);
    return index ? &routers[*index] : nullptr;
}

void Node::Parts::update_routers(Time now, Effects& out) {
    for (std::size_t i = 0; i < routers.size(); ++i)
        routers[i].update(conditions_of(i), now, out);
}

/// Down, it took the routes along that go by it.
void Node::Parts::keep_routes_on(const std::string& interface, Time now, Effects& out) {
    for (std::size_t i = 0; i < routers.size(); ++i) {
        const auto& names = settings.instances[i].routing.interfaces;
        if (std::find(names.begin(), names.end(), interface) != names.end() && !routers[i].is_taking_over())
            routers[i].keep_routes(now, out);
    }
}

Conditions Node::Parts::conditions_of(std::size_t place) const {
    const auto& instance = settings.instances[place];
    const auto& interface = interfaces.named(instance.interface);
    const auto contributions = contributions_of(instance);
    Conditions conditions;
    conditions.interface = interface.index;
    const auto& holdings = routers[place].holdings();
    for (std::size_t i = 0; i < holdings.count(); ++i)
        conditions.holders.push_back(interfaces.named(holdings.interface(i)).index);
    conditions.link_up = interface.up;
    conditions.primary = interfaces.primary_address(instance);
    conditions.priority = effective_priority(instance.priority, contributions);
    for (const auto& contribution : contributions) {
        if (!contribution.known)
            conditions.awaiting = contribution.name;
        if (contribution.weight == 0 && contribution.known && !contribution.up)
            conditions.faults.push_back(
                {contribution.is_interface ? Fault::Kind::tracked_interface_down : Fault::Kind::check_down,
                 contribution.name});
    }
    return conditions;
}

Contribution Node::Parts::contribution_of(const TrackSettings& track) const {
    Contribution contribution;
    contribution.name = track.name;
    contribution.weight = track.weight;
    if (track.kind == TrackSettings::Kind::interface) {
        contribution.is_interface = true;
        contribution.up = interfaces.named(track.name).up;
    } else {
        const auto check = std::find_if(checks.begin(), checks.end(), [&](const CheckTracker& known) {
            return known.view().name == track.name;
        });
        assert(check != checks.end());
        contribution.known = check->state() != CheckView::State::unknown;
        contribution.up = check->state() == CheckView::State::up;
    }
    contribution.applied = applied_weight(track.weight, contribution.up);
    return contribution;
}

std::vector<Contribution> Node::Parts::contributions_of(const InstanceSettings& instance) const {
    std::vector<Contribution> contributions;
    for (const auto& track : instance.track)
        contributions.push_back(contribution_of(track));
    return contributions;
}

Node::Node(Settings settings, Time now) : parts_(std::make_unique<Parts>(std::move(settings), now)) {}
Node::~Node() = default;
Node::Node(Node&&) noexcept = default;
Node& Node::operator=(Node&&) noexcept = default;

Effects Node::handle(const Event& event, Time now) {
    Effects effects;
    auto& groups = parts_->sync_groups;
    if (!std::holds_alternative<EffectFailed>(event)) {
        groups.confirm_takeovers();
        groups.wake(now, effects);
    }
    std::visit([&](const auto& one) { parts_->on(one, now, effects); }, event);
    const bool all_told = groups.settle(effects, now);
    parts_->pace.limit(effects, now);
    if (std::holds_alternative<Elapsed>(event))
        parts_->pace.release([&](InstanceId id) { return parts_->routers[id.value].is_active(); }, now,
                             effects);
    parts_->again_at = all_told ? std::nullopt : std::optional(now);
    for (auto& effect : effects)
        if (auto* transition = std::get_if<Transitioned>(&effect))
            transition->number = ++parts_->transitions;
    return effects;
}

std::optional<InstanceId> Node::addressee(const Datagram& datagram) const {
    const auto says = peek(datagram);
    if (!says.vrid)
        return std::nullopt;
    const auto index = parts_->listeners.find(datagram.interface, *says.vrid, datagram.source.family());
    return index ? std::optional(InstanceId{static_cast<std::uint32_t>(*index)}) : std::nullopt;
}

std::optional<Reject> Node::objection(const AdvertReceived& received) const {
    const auto* router =
        parts_->find_router(received.interface, received.advert.vrid, received.source.family());
    return router == nullptr ? std::optional(Reject::unknown_vrid) : router->reason_to_refuse(received);
}

std::optional<Time> Node::deadline() const {
    auto earliest = parts_->startup_at;
    const auto consider = [&](const std::optional<Time>& deadline) {
        if (deadline && (!earliest || *deadline < *earliest))
            earliest = deadline;
    };
    consider(parts_->again_at);
    consider(parts_->pace.deadline());
    for (const auto& router : parts_->routers)
        consider(router.deadline());
    return earliest;
}

bool Node::stopped() const {
    return std::all_of(parts_->routers.begin(), parts_->routers.end(),
                       [](const Router& router) { return router.stopped(); });
}

Snapshot Node::snapshot(Time now) const {
    Snapshot snapshot;
    snapshot.at = now;
    for (std::size_t i = 0; i < parts_->routers.size(); ++i) {
        auto view = parts_->routers[i].view();
        view.contributions = parts_->contributions_of(parts_->settings.instances[i]);
        snapshot.instances.push_back(std::move(view));
    }
    for (const auto& check : parts_->checks)
        snapshot.checks.push_back(check.view());
    parts_->rejected.list(snapshot.counters);
    return snapshot;
}

} // namespace baton::vrrp
