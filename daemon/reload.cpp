// The daemon takes another configuration: reads it, makes ready what it needs, hands it to the Node, and lets
// go of what nobody needs any more.
//
// Until the Node has it, each step can be taken back: an error leaves everything as it was.
#include "daemon/daemon.h"

#include "config/difference.h"
#include "daemon/readiness.h"
#include "daemon/reload_words.h"

#include <algorithm>

namespace baton::daemon {

control::Reload Daemon::reload(bool dry_run) {
    auto answer = stopping_ ? refused("batond is stopping") : read_again(dry_run);
    answer.dry_run = dry_run;
    if (answer.outcome != control::Reload::Outcome::done)
        log_.not_reloaded(answer);
    else if (!dry_run)
        log_.reloaded(answer);
    tell_of_signatures();
    log_.flush();
    return answer;
}

control::Reload Daemon::read_again(bool dry_run) {
    auto loaded = load_();
    if (!loaded)
        return refused(loaded.error());
    auto prepared = signatures_.read_keys(*loaded);
    if (!prepared)
        return refused(prepared.error().text + "; nothing was changed");
    auto answer = planned(difference_to(*loaded, *prepared));
    if (answer.outcome != control::Reload::Outcome::done || dry_run)
        return answer;
    notify_reloading();
    if (auto taken = take_over(std::move(*loaded), std::move(*prepared)); !taken)
        answer = refused(taken.error().text + "; nothing was changed");
    notify_ready(config_.settings.instances.size());
    return answer;
}

config::Difference Daemon::difference_to(config::Config& config, const Signatures::Prepared& prepared) const {
    config::carry_editions(config_, config);
    return config::difference(config_, config, {prepared.renewed, checks_.renewed_certificates(config)});
}

/// What is there already stays for those that leave; what is to come is made before anybody is told of it.
Result<void, Error> Daemon::take_over(config::Config config, Signatures::Prepared prepared) {
    if (auto opened = signatures_.open_marks(prepared, config); !opened)
        return opened;
    if (auto ready = prepare_kernel(config); !ready) {
        if (auto back = fit_edges(node_.occupants()); !back)
            log_.netlink_failed(back.error().text);
        return ready;
    }
    if (auto fitted = hooks_.fit(config); !fitted) {
        if (auto back = fit_edges(node_.occupants()); !back)
            log_.netlink_failed(back.error().text);
        return fitted;
    }
    const auto kept_as = config_.node;
    config_ = std::move(config);
    signatures_.take(std::move(prepared));
    feed(vrrp::Reconfigured{config_.settings});
    releases_.reloaded(kept_as);
    fit_checks();
    return {};
}

/// The table of what is not accepted is there only once nothing else can fail: nobody would take it away.
Result<void, Error> Daemon::prepare_kernel(const config::Config& config) {
    auto needed = node_.occupants();
    std::erase_if(needed, [](const vrrp::Occupant& occupant) { return occupant.waiting; });
    for (const auto& instance : config.settings.instances)
        needed.push_back({{}, &instance, false, false, true});
    if (auto fitted = fit_edges(needed); !fitted)
        return fitted;
    if (auto told = monitor_->drain(); !told) // the Node is told of interfaces that were made just now
        return told;
    return prepare_drops(config);
}

Result<void, Error> Daemon::prepare_drops(const config::Config& config) {
    const bool drops = std::any_of(config.host.begin(), config.host.end(),
                                   [](const config::HostSettings& host) { return !host.accept; });
    if (!drops || kernel_.accept.ready())
        return {};
    auto opened = AcceptMode::open(true);
    if (!opened)
        return opened.error();
    kernel_.accept = std::move(*opened);
    return {};
}

/// For these, and for nobody else. What is read on the way may be the last that somebody waits for to leave:
/// that is followed up with the next event.
Result<void, Error> Daemon::fit_edges(const std::vector<vrrp::Occupant>& occupants) {
    fitting_ = true;
    auto fitted = fit_edges_now(occupants);
    if (running_)
        tell_of_sockets();
    fitting_ = false;
    return fitted;
}

Result<void, Error> Daemon::fit_edges_now(const std::vector<vrrp::Occupant>& occupants) {
    macs_.want(occupants);
    if (auto fitted = macs_.fit(); !fitted)
        return fitted;
    sockets_.want(occupants);
    for (const auto& name : sockets_.wanted()) {
        const auto* known = monitor_->find(name);
        if (known == nullptr && !running_)
            return Error{"interface " + name + " is gone"};
        if (known == nullptr)
            continue; // it is opened when it comes
        sockets_.open(name, known->link.index);
        if (auto refused = sockets_.refused(name))
            return std::move(*refused);
    }
    sockets_.close_others();
    claims_.want(occupants);
    for (const auto& name : claims_.wanted())
        if (const auto* known = monitor_->find(name); known != nullptr)
            hear_claims(name, known->link.index);
    claims_.close_others();
    return {};
}

/// Before effects of these occupants are performed.
void Daemon::assign_places() {
    signatures_.assign(node_, config_);
    edges_->assign(node_, config_);
}

/// After an event: others may be here now, or some have left.
void Daemon::follow_occupants() {
    if (fitting_ || reading_ || composition_ == node_.composition())
        return;
    composition_ = node_.composition();
    assign_places();
    const auto occupants = node_.occupants();
    if (auto fitted = fit_edges(occupants); !fitted)
        log_.netlink_failed(fitted.error().text);
    const auto is_here = [&](const std::string& name) {
        return std::any_of(occupants.begin(), occupants.end(),
                           [&](const auto& occupant) { return occupant.settings->name == name; });
    };
    journal_.keep(is_here);
    hooks_.keep(is_here);
}

} // namespace baton::daemon
