#include "vrrp/node.h"

#include "vrrp/node_parts.h"

#include <algorithm>
#include <cassert>

namespace baton::vrrp {
namespace {

/// Other routers may be there by what it says, or it says which addresses there were: whoever took some just
/// now would find them missing.
bool tells_of_before(const Event& event) {
    return std::holds_alternative<Reconfigured>(event) || std::holds_alternative<AddressesChanged>(event);
}

} // namespace

Node::Parts::Parts(Settings given, Time now)
    : settings(with_shared_tracks(std::move(given))), routers(settings.instances, now), sync_groups(routers),
      pace(settings.announce_rate) {
    for (const auto& check : settings.checks)
        checks.emplace_back(check, now);
    interfaces.use(routers.occupants());
    sync_groups.regroup(settings.sync_groups);
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
    forget_checks(now, out);
    sync_groups.put_off(now, out);
    routers.each([&](Router& router) {
        if (const auto deadline = router.deadline(); deadline && *deadline <= now)
            router.elapsed(now, out);
    });
}

void Node::Parts::on(const LinkChanged& link, Time now, Effects& out) {
    const auto before = interfaces.told(link.name);
    if (interfaces.handle(link) == nullptr)
        return;
    listeners.index(routers, interfaces);
    update_routers(now, out);
    const bool same = link.exists && link.index == before.index;
    const bool other_mac = before.mac && link.mac && *before.mac != *link.mac;
    if (same && link.up && (!before.up || link.returned || other_mac))
        routers.each([&](Router& router) {
            router.interface_renewed(link.index, other_mac || link.returned, now, out);
        });
    if (same && before.up && !link.up)
        routers.each([&](Router& router) { router.holder_down(link.index, now, out); });
    if (link.exists && link.up)
        keep_routes_on(link.name, now, out);
}

/// What another interface of this host says, or what comes back of what we said, is no other host's.
void Node::Parts::on(const AddressClaimed& claim, Time now, Effects& out) {
    if (!interfaces.has(claim.mac))
        routers.each([&](Router& router) { router.claimed(claim, now, out); });
}

void Node::Parts::on(const AddressesChanged& changed, Time now, Effects& out) {
    const auto* interface = interfaces.handle(changed);
    if (interface == nullptr)
        return;
    routers.each([&](Router& router) {
        const auto& instance = router.settings();
        if (instance.interface == interface->name || router.holdings().carried_by(interface->index)) {
            router.update(conditions_of(router), now, out);
            if (router.is_taking_over())
                return; // what was told is how it was before
        }
        router.addresses_present(interface->index, interface->addresses, now, out);
    });
}

void Node::Parts::on(const TablesRead&, Time now, Effects& out) {
    routers.each([&](Router& router) { router.keep_routes(now, out); });
}

void Node::Parts::on(const ReleaseAsked& asked, Time now, Effects& out) {
    assert(routers.knows(asked.instance));
    for (const auto member : sync_groups.together_with(asked.instance))
        routers[member].release({asked.until, asked.force}, now, out);
}

void Node::Parts::on(const ResumeAsked& asked, Time now, Effects& out) {
    assert(routers.knows(asked.instance));
    for (const auto member : sync_groups.together_with(asked.instance))
        routers[member].resume(now, out);
}

/// One that is gone, or begins anew, has no gate that it waits for.
void Node::Parts::on(const HookFinished& finished, Time now, Effects& out) {
    if (routers.knows(finished.instance))
        sync_groups.gate_finished(finished, now, out);
}

void Node::Parts::on(const EffectFailed& failure, Time now, Effects& out) {
    assert(routers.knows(failure.instance));
    if (failure.effect == EffectKind::hold_addresses || failure.effect == EffectKind::hold_routes)
        sync_groups.abandon_takeover(failure.instance, out);
    routers[failure.instance].effect_failed(failure, now, out);
    disown_strays(now);
}

void Node::Parts::on(const Commanded& commanded, Time now, Effects& out) {
    switch (commanded.command) {
    case Command::startup:
        if (settings.startup_delay == Duration::zero())
            return startup(now, out);
        startup_at = now + settings.startup_delay;
        routers.each([&](Router& router) { router.delay_startup(settings.startup_delay); });
        return;
    case Command::shutdown:
        return shutdown(now, out);
    }
}

void Node::Parts::startup(Time now, Effects& out) {
    startup_at.reset();
    taking_part = true;
    routers.each([&](Router& router) {
        if (!routers.leaves(router.id()))
            router.startup(now, out);
    });
}

/// Who leaves already has been told once; the second time all let go at once.
void Node::Parts::shutdown(Time now, Effects& out) {
    startup_at.reset();
    taking_part = false;
    routers.cancel();
    routers.each([&](Router& router) {
        if (shutting_down || !routers.leaves(router.id()))
            router.shutdown(now, out);
    });
    shutting_down = true;
}

Router* Node::Parts::find_router(IfIndex interface, Vrid vrid, Family family) {
    const auto index = listeners.find(interface, vrid, family);
    return index ? &routers[*index] : nullptr;
}

void Node::Parts::update_routers(Time now, Effects& out) {
    routers.each([&](Router& router) { router.update(conditions_of(router), now, out); });
}

/// Down, it took the routes along that go by it.
void Node::Parts::keep_routes_on(const std::string& interface, Time now, Effects& out) {
    routers.each([&](Router& router) {
        const auto& names = router.settings().routing.interfaces;
        if (std::find(names.begin(), names.end(), interface) != names.end() && !router.is_taking_over())
            router.keep_routes(now, out);
    });
}

Conditions Node::Parts::conditions_of(const Router& router) const {
    const auto& instance = router.settings();
    const auto& interface = interfaces.named(instance.interface);
    const auto contributions = contributions_of(instance);
    Conditions conditions;
    conditions.interface = interface.index;
    const auto& holdings = router.holdings();
    for (std::size_t i = 0; i < holdings.count(); ++i)
        conditions.holders.push_back(interfaces.named(holdings.interface(i)).index);
    conditions.link_up = interface.up;
    if (const auto deaf = interface.deaf.find(instance.family()); deaf != interface.deaf.end())
        conditions.deaf = deaf->second;
    conditions.mtu = interface.mtu;
    conditions.primary = interfaces.primary_address(instance);
    conditions.priority = effective_priority(instance.priority, contributions);
    conditions.faults = faults_of(contributions);
    conditions.foreign = interfaces.strangers(instance, router.holding());
    for (const auto& contribution : contributions)
        if (!contribution.known && !contribution.idle)
            conditions.awaiting = contribution.name;
    return conditions;
}

Node::Node(Settings settings, Time now) : parts_(std::make_unique<Parts>(std::move(settings), now)) {}
Node::~Node() = default;
Node::Node(Node&&) noexcept = default;
Node& Node::operator=(Node&&) noexcept = default;

Effects Node::handle(const Event& event, Time now) {
    Effects effects;
    auto& groups = parts_->sync_groups;
    if (!std::holds_alternative<EffectFailed>(event)) {
        parts_->routers.each([](Router& router) { router.confirm(); });
        groups.wake(now, effects);
        if (parts_->routers.can_advance() && !tells_of_before(event))
            parts_->advance(now, effects);
    }
    std::visit([&](const auto& one) { parts_->on(one, now, effects); }, event);
    parts_->run_checks(now, effects);
    const bool all_told = groups.settle(effects, now);
    parts_->pace.limit(effects, now);
    if (std::holds_alternative<Elapsed>(event))
        parts_->pace.release([&](InstanceId id) { return parts_->routers[id].is_active(); }, now, effects);
    const bool more = parts_->routers.can_advance();
    parts_->composition += more ? 1 : 0;
    const bool done = all_told && !more && !parts_->checks_turned && !parts_->runs_are_stale();
    parts_->again_at = done ? std::nullopt : std::optional(now);
    for (auto& effect : effects)
        if (auto* transition = std::get_if<Transitioned>(&effect))
            transition->number = ++parts_->transitions;
    return effects;
}

std::optional<InstanceId> Node::addressee(const Datagram& datagram) const {
    const auto says = peek(datagram);
    if (!says.vrid)
        return std::nullopt;
    return parts_->listeners.find(datagram.interface, *says.vrid, datagram.source.family());
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
    for (const auto& check : parts_->checks)
        consider(check.deadline());
    std::as_const(parts_->routers).each([&](const Router& router) { consider(router.deadline()); });
    return earliest;
}

bool Node::stopped() const {
    bool stopped = true;
    std::as_const(parts_->routers).each([&](const Router& router) { stopped = stopped && router.stopped(); });
    return stopped;
}

std::vector<Occupant> Node::occupants() const { return parts_->routers.occupants(); }

std::uint64_t Node::composition() const { return parts_->composition; }

const InstanceSettings& Node::settings_of(InstanceId id) const {
    assert(parts_->routers.knows(id));
    return std::as_const(parts_->routers)[id].settings();
}

bool Node::runs(CheckId id) const { return parts_->checks[id.value].view().runs; }

const std::string& Node::name_of(CheckId id) const { return parts_->checks[id.value].view().name; }

std::optional<InstanceId> Node::find_instance(const std::string& name) const {
    return parts_->routers.find(name);
}

std::vector<InstanceId> Node::together_with(InstanceId id) const {
    return parts_->sync_groups.together_with(id);
}

std::optional<CheckId> Node::find_check(const std::string& name) const {
    const auto* check = parts_->find_check(name);
    if (check == nullptr)
        return std::nullopt;
    return CheckId{static_cast<std::uint32_t>(check - parts_->checks.data())};
}

Snapshot Node::snapshot(Time now) const {
    Snapshot snapshot;
    snapshot.at = now;
    std::as_const(parts_->routers).each([&](const Router& router) {
        auto view = router.view(now);
        view.contributions = parts_->contributions_of(router.settings());
        view.addresses_own = parts_->interfaces.own(router.settings());
        snapshot.instances.push_back(std::move(view));
    });
    for (std::size_t i = 0; i < parts_->checks.size(); ++i) {
        if (parts_->checks[i].view().name.empty())
            continue;
        snapshot.checks.push_back(parts_->checks[i].view());
        snapshot.checks.back().id = CheckId{static_cast<std::uint32_t>(i)};
    }
    parts_->rejected.list(snapshot.counters);
    return snapshot;
}

} // namespace baton::vrrp
