#include "daemon/executor.h"

#include "daemon/clock.h"
#include "daemon/interfaces.h"

#include <algorithm>
#include <array>

namespace baton::daemon {

std::vector<vrrp::EffectFailed> Executor::perform(const vrrp::Effects& effects, Time decided) {
    Batch batch;
    batch.decided = decided;
    batch.tells = std::any_of(effects.begin(), effects.end(), [](const vrrp::Effect& effect) {
        return std::holds_alternative<vrrp::Transitioned>(effect);
    });
    for (const auto& effect : effects)
        if (!batch.left_out.has(effect))
            std::visit([&](const auto& one) { carry_out(one, batch); }, effect);
    for (const auto& [instance, interface] : batch.repairs)
        if (!batch.left_out.has(instance)) // held for a takeover that is not to be
            log_.address_repaired(settings_of(instance).name, name_of(interface), boot_now() - decided);
    for (const auto& [instance, count] : batch.routes)
        log_.routes_repaired(settings_of(instance).name, count);
    return std::move(batch.failures);
}

void Executor::carry_out(const vrrp::SendAdvert& effect, Batch& batch) {
    std::array<std::uint8_t, vrrp::max_advert_size> buffer;
    const auto message = vrrp::encode(effect.advert, effect.source, effect.destination, buffer);
    const auto sealed = signatures_.sealed(effect, message, buffer, wall_now());
    const auto sent = sealed ? edges_.send(effect, *sealed) : sealed.error();
    if (batch.tells)
        batch.sources.emplace_back(effect.instance, effect.source);
    if (sent)
        done(effect.instance, "advert_sent", batch);
    else
        failed(effect.instance, vrrp::EffectKind::send_advert, sent.error().text, batch);
}

void Executor::carry_out(const vrrp::HoldAddresses& effect, Batch& batch) {
    const auto held = edges_.hold(effect);
    if (held) {
        done(effect.instance, "addresses_held", batch);
        if (!effect.in_place)
            batch.repairs.emplace_back(effect.instance, effect.interface);
        return;
    }
    failed(effect.instance, vrrp::EffectKind::hold_addresses, held.error().text, batch);
}

void Executor::carry_out(const vrrp::ReleaseAddresses& effect, Batch& batch) {
    const auto released = edges_.release(effect);
    if (released)
        done(effect.instance, "addresses_released", batch);
    else
        failed(effect.instance, vrrp::EffectKind::release_addresses, released.error().text, batch);
}

void Executor::carry_out(const vrrp::HoldRoutes& effect, Batch& batch) {
    const auto held = edges_.hold_routes(effect.instance);
    if (held && *held != 0)
        batch.routes.emplace_back(effect.instance, *held);
    if (held)
        done(effect.instance, "routes_held", batch);
    else
        failed(effect.instance, vrrp::EffectKind::hold_routes, held.error().text, batch);
}

void Executor::carry_out(const vrrp::ReleaseRoutes& effect, Batch& batch) {
    const auto released = edges_.release_routes(effect.instance);
    if (released)
        done(effect.instance, "routes_released", batch);
    else
        failed(effect.instance, vrrp::EffectKind::release_routes, released.error().text, batch);
}

void Executor::carry_out(const vrrp::Announce& effect, Batch& batch) {
    const auto announced = edges_.announce(effect);
    if (announced)
        done(effect.instance, "announced", batch);
    else
        failed(effect.instance, vrrp::EffectKind::announce, announced.error().text, batch);
}

void Executor::carry_out(const vrrp::Transitioned& effect, Batch& batch) {
    std::erase_if(batch.repairs, [&](const auto& repair) { return repair.first == effect.instance; });
    std::erase_if(batch.routes, [&](const auto& set) { return set.first == effect.instance; });
    control::TransitionRecord record;
    record.number = effect.number;
    record.from = effect.from;
    record.to = effect.to;
    record.at = wall_time(batch.decided);
    record.decided = batch.decided;
    record.reason_code = vrrp::to_string(effect.reason.code);
    record.reason = vrrp::describe(effect.reason);
    record.priority = effect.priority.value;
    for (const auto& [instance, step] : batch.steps)
        if (instance == effect.instance)
            record.steps.push_back(step);
    const auto& settings = settings_of(effect.instance);
    log_.transition(settings.name, record);
    if (told_)
        told_({settings, record, active_router(effect, batch)});
    journal_.add(settings.name, std::move(record));
}

/// Who is Active now, as far as the transition tells: this node, by its advert, or the router it yields to.
std::string Executor::active_router(const vrrp::Transitioned& effect, const Batch& batch) {
    using Code = vrrp::Reason::Code;
    if (effect.to == vrrp::State::active) {
        for (const auto& [instance, source] : batch.sources)
            if (instance == effect.instance)
                return source.to_string();
        return "";
    }
    const auto code = effect.reason.code;
    const bool yielded =
        code == Code::higher_priority || code == Code::tie_lost || code == Code::shutdown_handover;
    return yielded ? effect.reason.peer.to_string() : "";
}

/// Whoever has asked for the release tells of it.
void Executor::carry_out(const vrrp::ReleaseRefused&, Batch&) {}

/// Whoever runs hooks does the rest.
void Executor::carry_out(const vrrp::RunGate& effect, Batch&) {
    log_.gate_begun(settings_of(effect.instance).name);
}

void Executor::carry_out(const vrrp::DropGate& effect, Batch&) {
    log_.gate_dropped(settings_of(effect.instance).name);
}

/// Whoever runs the checks does the rest.
void Executor::carry_out(const vrrp::CheckRuns& effect, Batch&) {
    log_.check_runs(node_.name_of(effect.check), effect.runs);
}

void Executor::carry_out(const vrrp::CheckForgotten& effect, Batch&) {
    log_.check_forgotten(node_.name_of(effect.check));
}

void Executor::carry_out(const vrrp::CheckChanged& effect, Batch&) {
    log_.check_changed(node_.name_of(effect.check), effect.up, effect.detail);
}

void Executor::carry_out(const vrrp::PriorityChanged& effect, Batch&) {
    log_.priority_changed(settings_of(effect.instance).name, effect.from.value, effect.to.value);
}

void Executor::carry_out(const vrrp::Noticed& effect, Batch&) {
    log_.noticed(effect.instance ? settings_of(*effect.instance).name : "", name_of(effect.interface),
                 effect.notice);
}

void Executor::done(vrrp::InstanceId instance, const char* what, Batch& batch) {
    if (batch.tells)
        batch.steps.emplace_back(instance, control::Step{what, boot_now() - batch.decided});
}

void Executor::failed(vrrp::InstanceId instance, vrrp::EffectKind effect, std::string why, Batch& batch) {
    batch.failures.push_back({instance, effect, std::move(why)});
    tell_of_failure(batch.failures.back(), batch.decided);
    batch.left_out.after(batch.failures.back());
}

/// A peer that cannot be reached is nothing new with the next advert; all else is tried now and then.
void Executor::tell_of_failure(const vrrp::EffectFailed& failure, Time now) {
    const auto untold = failure.effect == vrrp::EffectKind::send_advert
                            ? told_failures_.admit(failure.instance, failure.why, now)
                            : 0;
    if (untold)
        log_.effect_failed(settings_of(failure.instance).name, vrrp::to_string(failure.effect), failure.why,
                           *untold);
}

const vrrp::InstanceSettings& Executor::settings_of(vrrp::InstanceId instance) const {
    return node_.settings_of(instance);
}

} // namespace baton::daemon
