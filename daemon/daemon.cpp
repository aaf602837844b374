#include "daemon/daemon.h"

#include "base/version.h"
#include "daemon/clock.h"
#include "daemon/interfaces.h"
#include "daemon/readiness.h"

#include <algorithm>
#include <csignal>
#include <utility>

namespace baton::daemon {
namespace {

/// How often the kernel's tables are read anew, in case an event was lost (guarantee: nothing is forgotten).
constexpr auto resync_interval = std::chrono::seconds(30);

/// Two Skew_Times of priority 1 at the longest interval of version 3 (decision 006): what the unit's
/// TimeoutStopSec allows for.
constexpr Duration longest_handover = std::chrono::seconds(82);

/// After a crash nobody is taken for dead whose adverts could not be believed yet.
vrrp::Settings held_off(vrrp::Settings settings, Duration hold_off) {
    settings.startup_delay = std::max(settings.startup_delay, hold_off);
    return settings;
}

} // namespace

Daemon::Daemon(boost::asio::io_context& io, config::Config config, LoadConfig load, health::Trust& trust,
               Opened opened, Log& log)
    : io_(io), config_(std::move(config)), load_(std::move(load)), kernel_(std::move(opened.kernel)),
      signatures_(std::move(opened.signatures)), log_(log), started_(boot_now()),
      started_at_(wall_time(started_)), node_(held_off(config_.settings, signatures_.hold_off()), started_),
      macs_(kernel_.requests), sockets_(io, [this] { read_adverts(); }),
      claims_(io, [this] { read_claims(); }), hooks_(io, log), timer_(io, [this] { on_deadline(); }),
      lease_timer_(io, [this] { on_lease(); }),
      server_(io, {[this] { return report(); }, [this](bool dry_run) { return reload(dry_run); },
                   [this](const std::string& check, std::optional<bool> up) { return set_check(check, up); },
                   [this](const std::string& instance, const std::string& event) {
                       return hooks_.plan(instance, event);
                   },
                   [this](const std::string& instance, const std::string& event,
                          std::function<void(const control::HookResult&)> done) {
                       return hooks_.run(instance, event, std::move(done));
                   },
                   [this](const control::ReleaseRequest& request, Releases::Done done) {
                       return releases_.ask(request, std::move(done));
                   },
                   [this](const std::string& instance) { return releases_.resume(instance); }}),
      signals_(io, SIGTERM, SIGINT, SIGHUP), housekeeping_(io), look_again_(io),
      checks_(io, trust,
              [this](const std::string& name, const Verdict& verdict) {
                  if (const auto check = node_.find_check(name))
                      feed(vrrp::Probed{*check, verdict.ok, verdict.detail, verdict.took, verdict.share});
              }),
      releases_(io, config_, node_, hooks_, log, [this](const vrrp::Event& event) { feed(event); }) {}

Daemon::~Daemon() {
    if (const auto swept = sweep_leftovers(); !swept)
        log_.netlink_failed(swept.error().text);
}

Result<void, Error> Daemon::start(const std::string& control_path) {
    const netlink::Listener listener{
        [this](const netlink::LinkState& link) { on_link(link); },
        [this](IfIndex index, const std::vector<netlink::HeldAddress>& held) { on_addresses(index, held); },
        [this](const Error& error) { log_.netlink_failed(error.text); }};
    if (auto swept = macs_.sweep(); !swept)
        return swept;
    macs_.want(node_.occupants());
    if (auto made = macs_.fit(); !made)
        return made;
    auto monitor = netlink::Monitor::open(io_.get_executor(), kernel_.requests, listener);
    if (!monitor)
        return monitor.error();
    monitor_ = std::move(*monitor);
    edges_ = std::make_unique<KernelEdges>(kernel_, *monitor_, sockets_, macs_);
    executor_ = std::make_unique<Executor>(node_, *edges_, signatures_, journal_, log_,
                                           [this](const Happened& what) { hooks_.transitioned(what); });
    if (auto fitted = hooks_.fit(config_); !fitted)
        return fitted;

    assign_places();
    if (auto fitted = fit_edges(node_.occupants()); !fitted)
        return fitted;
    if (auto opened = server_.open(control_path); !opened)
        return opened;
    if (auto swept = sweep_leftovers(); !swept)
        return swept;
    running_ = true;
    await_signal();
    keep_house();
    monitor_->start(); // tells links and addresses as they are
    releases_.restore();
    feed(vrrp::Commanded{vrrp::Command::startup});
    fit_checks();
    log_.started(std::string(version()), config_.node, config_.settings.instances.size());
    notify_ready(config_.settings.instances.size());
    return {};
}

/// An event in, its effects out, their failures in again until there are none; then the one timer.
void Daemon::feed(const vrrp::Event& event) {
    perform(event);
    follow_occupants();
    timer_.set(node_.deadline());
    lease_timer_.set(edges_->leases().deadline());
    tell_of_signatures();
    log_.flush();
    finish_if_stopped();
}

void Daemon::perform(const vrrp::Event& event) {
    auto waiting = carry_out(event);
    for (std::size_t i = 0; i < waiting.size(); ++i) {
        const auto failure = waiting[i]; // a copy, as more may come
        const auto more = carry_out(failure);
        waiting.insert(waiting.end(), more.begin(), more.end());
    }
}

/// One event, its effects, and whoever else goes by these. Answers what could not be done.
std::vector<vrrp::EffectFailed> Daemon::carry_out(const vrrp::Event& event) {
    const auto now = boot_now();
    const auto effects = node_.handle(event, now);
    if (node_.composition() != composition_)
        assign_places();
    auto failures = executor_->perform(effects, now);
    run_checks(effects);
    run_gates(effects);
    releases_.follow(effects);
    return failures;
}

/// The addresses are gone: now the stop hooks, and the end comes when no hook runs any more.
void Daemon::finish_if_stopped() {
    if (!stopping_ || !node_.stopped())
        return;
    if (in_a_hurry_)
        return finish();
    if (std::exchange(stop_hooks_begun_, true))
        return;
    notify_stopping_takes(hooks_.stop_takes());
    hooks_.stop([this] { finish(); });
}

void Daemon::finish() {
    if (const auto names = hooks_.busy(); !names.empty())
        log_.hooks_abandoned(names);
    signatures_.close();
    tell_of_signatures();
    log_.stopped();
    io_.stop();
}

void Daemon::tell_of_signatures() {
    for (const auto& news : signatures_.news())
        log_.signatures(news);
}

void Daemon::on_datagram(const Datagram& datagram) { feed(signatures_.hear(node_, datagram, wall_now())); }

/// Whoever leaves by what an advert says, and takes his socket along, waits until all have been read.
void Daemon::read_adverts() {
    reading_ = true;
    sockets_.drain([this](IfIndex interface, const IpAddress& address) { return holds(interface, address); },
                   [this](const Datagram& datagram) { on_datagram(datagram); });
    reading_ = false;
    follow_occupants();
}

/// A VLAN is another link; a virtual MAC address is on the link below it.
void Daemon::read_claims() {
    for (const auto& [interface, meant, claim] : claims_.receive())
        if (meant == interface || macs_.below(meant) == interface)
            feed(vrrp::AddressClaimed{interface, claim.address, claim.mac});
}

void Daemon::run() {
    while (io_.run_one() != 0 && !io_.stopped()) {
        const auto now = boot_now();
        timer_.catch_up(now);
        lease_timer_.catch_up(now);
    }
}

/// Before a timer is believed, everything that came in before it is read: after a stall, the advert that
/// keeps us Backup may be waiting in the socket.
void Daemon::on_deadline() {
    read_adverts();
    if (auto drained = monitor_->drain(); !drained)
        log_.netlink_failed(drained.error().text);
    feed(vrrp::Elapsed{});
}

/// What stood still lets go first (guarantee 3): a lease that it has missed is not begun anew.
void Daemon::on_lease() {
    on_deadline();
    if (const auto refused = edges_->leases().renew(boot_now()); !refused.empty())
        log_.netlink_failed("a lease could not be renewed: " + refused);
    lease_timer_.set(edges_->leases().deadline());
}

void Daemon::on_signal(int signal) {
    if (signal == SIGHUP) {
        (void)reload(false); // it has told the log
        return;
    }
    in_a_hurry_ = std::exchange(stopping_, true);
    log_.stopping(signal == SIGINT ? "SIGINT" : "SIGTERM");
    notify_stopping();
    if (const auto takes = longest_gate(); takes > Duration::zero())
        notify_stopping_takes(longest_handover + takes);
    releases_.stop();
    feed(vrrp::Commanded{vrrp::Command::shutdown});
}

/// A handover waits so much longer (decision 027).
Duration Daemon::longest_gate() const {
    Duration longest{};
    for (const auto& occupant : node_.occupants())
        if (const auto& gate = occupant.settings->gate)
            longest = std::max(longest, gate->longest);
    return longest;
}

void Daemon::await_signal() {
    signals_.async_wait([this](boost::system::error_code error, int signal) {
        if (error)
            return;
        on_signal(signal);
        await_signal();
    });
}

void Daemon::keep_house() {
    housekeeping_.expires_after(resync_interval);
    housekeeping_.async_wait([this](boost::system::error_code error) {
        if (error)
            return;
        if (auto read = monitor_->resync(); !read)
            log_.netlink_failed(read.error().text);
        if (monitor_->overruns() != overruns_told_) {
            overruns_told_ = monitor_->overruns();
            log_.table_reread(overruns_told_);
        }
        look_at_links();
        feed(vrrp::TablesRead{});
        keep_house();
    });
}

/// Whatever carries our mark now was left by a process that was killed (decision 009).
Result<void, Error> Daemon::sweep_leftovers() {
    if (const auto swept = KernelRoutes(kernel_.requests).sweep(); !swept)
        return Error{"a route left by an earlier run cannot be removed: " + swept.error().text};
    netlink::Addresses addresses(kernel_.requests);
    for (const auto& [name, index] : interfaces_of_this_host())
        if (const auto failures = addresses.sweep(index, {}); !failures.empty())
            return Error{"an address left by an earlier run cannot be removed: " + describe(failures)};
    return {};
}

bool Daemon::holds(IfIndex interface, const IpAddress& address) const {
    const auto* known = monitor_->find(interface);
    return known != nullptr &&
           std::any_of(known->addresses.begin(), known->addresses.end(),
                       [&](const netlink::HeldAddress& held) { return held.prefix.address == address; });
}

void Daemon::fit_checks() {
    checks_.fit(config_, [this](const std::string& name) {
        const auto check = node_.find_check(name);
        return check && node_.runs(*check);
    });
}

/// Begins those that are to run now, and ends the others.
void Daemon::run_checks(const vrrp::Effects& effects) {
    for (const auto& effect : effects)
        if (const auto* turned = std::get_if<vrrp::CheckRuns>(&effect))
            checks_.run(node_.name_of(turned->check), turned->runs);
}

/// After the transitions of the same event, which are news to whoever runs hooks: what of a gate they have
/// made an end of already is not ended twice.
void Daemon::run_gates(const vrrp::Effects& effects) {
    for (const auto& effect : effects)
        if (const auto* asked = std::get_if<vrrp::RunGate>(&effect))
            run_gate(node_.settings_of(asked->instance).name);
        else if (const auto* dropped = std::get_if<vrrp::DropGate>(&effect))
            hooks_.turn_back(node_.settings_of(dropped->instance).name);
}

void Daemon::run_gate(const std::string& instance) {
    hooks_.run_gate(instance, [this, instance](bool ok, const std::string& why) {
        if (const auto id = node_.find_instance(instance))
            feed(vrrp::HookFinished{*id, ok, why});
    });
}

bool Daemon::set_check(const std::string& name, std::optional<bool> up) {
    const auto check = node_.find_check(name);
    if (check)
        feed(vrrp::CheckSet{*check, up});
    return check.has_value();
}

} // namespace baton::daemon
