#include "tests/sim/host.h"

#include "tests/sim/trace.h"
#include "vrrp/left_out.h"
#include "vrrp/sync_groups.h"

#include <algorithm>
#include <set>

namespace baton::sim {
namespace {

constexpr std::size_t socket_buffer_frames = 64;
constexpr auto monitor_lag = std::chrono::microseconds(100); // a netlink notification comes after its cause

vrrp::LinkChanged link_of(const Interface& interface) {
    return {interface.name, interface.index, true, interface.up};
}

} // namespace

Host::Host(Lan& lan, HostSetup setup)
    : lan_(lan), setup_(std::move(setup)), kernel_(std::move(setup_.interfaces)) {}

Duration Host::lease() const {
    Duration longest = std::chrono::seconds(3);
    for (const auto& instance : setup_.settings.instances)
        longest = std::max(longest, 3 * instance.advert_interval);
    return longest;
}

void Host::boot() {
    ++life_;
    ++process_;
    node_.emplace(setup_.settings, lan_.now());
    watch_.emplace(name(), vrrp::with_shared_tracks(setup_.settings), lan_.now(), lan_.wire.max_lateness);
    lan_.say(name(), "boots");
    untold_changes_ = kernel_.interfaces().size();
    for (const auto& interface : kernel_.interfaces())
        handle(link_of(interface));
    for (const auto& interface : kernel_.interfaces()) {
        --untold_changes_;
        handle(vrrp::AddressesChanged{interface.index, interface.addresses});
    }
    handle(vrrp::Commanded{vrrp::Command::startup});
}

void Host::stop() {
    lan_.say(name(), "is told to stop");
    accept(vrrp::Commanded{vrrp::Command::shutdown});
}

void Host::release(std::optional<Duration> duration, bool force) {
    lan_.say(name(), "is released by hand");
    const auto until = duration ? std::optional(lan_.now() + *duration) : std::nullopt;
    for (std::uint32_t i = 0; i < setup_.settings.instances.size(); ++i)
        accept(vrrp::ReleaseAsked{vrrp::InstanceId{i}, until, force});
}

void Host::take_part_again() {
    lan_.say(name(), "is resumed by hand");
    for (std::uint32_t i = 0; i < setup_.settings.instances.size(); ++i)
        accept(vrrp::ResumeAsked{vrrp::InstanceId{i}});
}

void Host::reconfigure(vrrp::Settings settings) {
    lan_.say(name(), "is told other settings");
    setup_.settings = settings;
    accept(vrrp::Reconfigured{std::move(settings)});
}

void Host::crash() {
    lan_.say(name(), "crashes");
    end_process();
    // Nobody renews the lease any more; how much of it is left is a matter of luck.
    const auto left = lan_.random().between(Duration{}, lease());
    lan_.at(lan_.now() + left, [this, life = life_] {
        if (life == life_)
            kernel_.expire();
    });
}

void Host::end_process() {
    ++life_;
    node_.reset();
    watch_.reset();
    failures_.clear();
    queue_.clear();
    news_.clear();
    gates_run_.clear();
    queued_frames_ = 0;
    stalled_ = false;
    deadline_ = wake_at_ = std::nullopt;
}

void Host::stall(Duration duration) {
    if (!running() || stalled_)
        return;
    lan_.say(name(), "stalls");
    stalled_ = true;
    ++life_;
    watch_->stalled();
    lan_.at(lan_.now() + lease(), [this, life = life_] {
        if (life != life_ || !kernel_.has_any_ours())
            return;
        kernel_.expire();
        for (const auto& interface : kernel_.interfaces())
            notify(interface);
    });
    lan_.at(lan_.now() + duration, [this, life = life_] {
        if (life == life_)
            resume();
    });
}

void Host::resume() {
    if (!stalled_)
        return;
    lan_.say(name(), "runs again");
    stalled_ = false;
    ++life_;
    while (!queue_.empty() && running()) {
        const auto input = std::move(queue_.front());
        queue_.pop_front();
        take(input);
    }
    queued_frames_ = 0;
    if (running())
        handle(vrrp::Elapsed{});
}

void Host::receive(const Frame& frame) {
    if (!kernel_.interfaces().front().up || !running())
        return;
    if (stalled_ && ++queued_frames_ > socket_buffer_frames)
        return;
    accept(frame);
}

bool Host::has_address(const IpAddress& address) const {
    const auto& addresses = kernel_.interfaces().front().addresses;
    return std::any_of(addresses.begin(), addresses.end(),
                       [&](const vrrp::InterfaceAddress& one) { return one.prefix.address == address; });
}

void Host::probe(vrrp::CheckId check, bool ok) {
    if (!running())
        return;
    accept(vrrp::Probed{check, ok, ok ? "fine" : "refused", std::chrono::milliseconds(2)});
}

void Host::set_link(const std::string& interface, bool up) {
    auto* found = kernel_.find(interface);
    if (!found || found->up == up)
        return;
    found->up = up;
    lan_.say(name(), interface + (up ? " has carrier" : " loses carrier"));
    if (running())
        accept(link_of(*found));
}

void Host::remove_address(const IpAddress& address) {
    kernel_.remove(address);
    lan_.say(name(), "somebody deletes " + address.to_string());
    tell_addresses();
}

void Host::tell_addresses() {
    for (const auto& interface : kernel_.interfaces())
        notify(interface);
}

void Host::tell_tables_read() {
    tell_addresses();
    if (running())
        handle(vrrp::TablesRead{});
}

/// The monitor tells the table as it was at the change, a little later: it may be out of date by then. What
/// changes at one moment (one batch of effects) is read together, and told once.
void Host::notify(const Interface& interface) {
    if (!running())
        return;
    auto& news = news_[interface.index];
    if (news && news->first == lan_.now()) {
        news->second->addresses = interface.addresses;
        return;
    }
    const auto told = std::make_shared<vrrp::AddressesChanged>(
        vrrp::AddressesChanged{interface.index, interface.addresses});
    news.emplace(lan_.now(), told);
    ++untold_changes_;
    lan_.at(lan_.now() + monitor_lag, [this, told, process = process_] {
        if (running() && process == process_)
            accept(*told);
    });
}

void Host::accept(Input input) {
    if (stalled_)
        queue_.push_back(std::move(input));
    else if (running())
        take(input);
}

void Host::take(const Input& input) {
    std::visit(
        [this](const auto& given) {
            using Given = std::decay_t<decltype(given)>;
            if constexpr (std::is_same_v<Given, Frame>) {
                take_frame(given);
            } else {
                if constexpr (std::is_same_v<Given, vrrp::AddressesChanged>)
                    --untold_changes_;
                handle(given);
            }
        },
        input);
}

void Host::take_frame(const Frame& frame) {
    const auto index = kernel_.interfaces().front().index;
    handle(vrrp::heard({index, frame.source, frame.destination, frame.hop_limit, frame.payload}));
}

void Host::wake() {
    // The next look at the timer is due only once the core has been asked; it will arm() again.
    handle(vrrp::Elapsed{});
}

void Host::handle(const vrrp::Event& event) {
    if (const auto* other = std::get_if<vrrp::Reconfigured>(&event))
        watch_->reconfigured(vrrp::with_shared_tracks(other->settings), *node_, lan_.now());
    watch_->before(event);
    perform(node_->handle(event, lan_.now()));
    while (!failures_.empty()) {
        const auto failure = std::move(failures_.front());
        failures_.pop_front();
        watch_->before(failure);
        perform(node_->handle(failure, lan_.now()));
    }
    watch_->after(event, *node_, kernel_, untold_changes_ == 0, lan_.now());
    arm();
    if (watch_->shutting_down() && node_->stopped()) {
        lan_.say(name(), "has stopped");
        end_process();
    }
}

void Host::perform(const vrrp::Effects& effects) {
    vrrp::LeftOut left_out;
    for (const auto& effect : effects) {
        if (left_out.has(effect))
            continue;
        if (const auto* transition = std::get_if<vrrp::Transitioned>(&effect))
            takeovers_ += transition->to == vrrp::State::active ? 1 : 0;
        const auto failure = perform_one(effect);
        if (lan_.traced())
            lan_.say(name(), describe(effect, setup_.settings, failure ? failure->why : ""));
        if (!failure) {
            watch_->performed(effect, lan_.now());
            continue;
        }
        watch_->failed(*failure, lan_.now());
        failures_.push_back(*failure);
        left_out.after(*failure);
    }
}

std::optional<vrrp::EffectFailed> Host::perform_one(const vrrp::Effect& effect) {
    if (const auto* send_advert = std::get_if<vrrp::SendAdvert>(&effect)) {
        if (const auto why = send(*send_advert))
            return vrrp::EffectFailed{send_advert->instance, vrrp::EffectKind::send_advert, *why};
    } else if (const auto* hold = std::get_if<vrrp::HoldAddresses>(&effect)) {
        const auto before = kernel_.at(hold->interface).addresses;
        if (const auto why = kernel_.hold(*hold))
            return vrrp::EffectFailed{hold->instance, vrrp::EffectKind::hold_addresses, *why};
        if (before != kernel_.at(hold->interface).addresses)
            notify(kernel_.at(hold->interface));
    } else if (const auto* routes = std::get_if<vrrp::HoldRoutes>(&effect)) {
        if (kernel_.refuses_routes)
            return vrrp::EffectFailed{routes->instance, vrrp::EffectKind::hold_routes, "Network is down"};
    } else if (const auto* gate = std::get_if<vrrp::RunGate>(&effect)) {
        run_gate(gate->instance);
    } else if (const auto* dropped = std::get_if<vrrp::DropGate>(&effect)) {
        gates_run_.erase(dropped->instance.value);
    } else if (const auto* release = std::get_if<vrrp::ReleaseAddresses>(&effect)) {
        const auto before = kernel_.at(release->interface).addresses;
        kernel_.release(*release);
        if (before != kernel_.at(release->interface).addresses)
            notify(kernel_.at(release->interface));
    }
    return std::nullopt;
}

std::optional<std::string> Host::send(const vrrp::SendAdvert& effect) {
    if (kernel_.refuses_send)
        return "No buffer space available";
    std::array<std::uint8_t, vrrp::max_advert_size> buffer{};
    const auto message = vrrp::encode(effect.advert, effect.source, effect.destination, buffer);
    const auto& wire = kernel_.interfaces().front(); // a virtual MAC's interface is on top of it
    if (wire.up && kernel_.at(effect.interface).up)  // without carrier the driver drops it and says nothing
        lan_.transmit(
            *this,
            Frame{effect.source, effect.destination, effect.hop_limit, {message.begin(), message.end()}});
    return std::nullopt;
}

void Host::run_gate(vrrp::InstanceId instance) {
    const auto number = ++gates_so_far_;
    gates_run_[instance.value] = number;
    if (setup_.gates.by_hand)
        return;
    const auto takes = lan_.random().between(Duration{}, setup_.gates.longest);
    lan_.at(lan_.now() + takes, [this, instance, number] {
        const auto found = gates_run_.find(instance.value);
        if (found != gates_run_.end() && found->second == number)
            finish_gate(instance, !lan_.random().chance(setup_.gates.failing));
    });
}

void Host::finish_gate(vrrp::InstanceId instance, bool ok) {
    if (gates_run_.erase(instance.value) == 0)
        return;
    lan_.say(name(), ok ? "its gate is passed" : "its gate fails");
    accept(vrrp::HookFinished{instance, ok, ok ? "" : "/usr/local/sbin/ready: exit status 1"});
}

void Host::arm() {
    const auto deadline = node_->deadline();
    if (deadline == deadline_ && wake_at_ && *wake_at_ > lan_.now())
        return;
    deadline_ = deadline;
    wake_at_ = deadline;
    if (wake_at_ && lan_.wire.max_lateness > Duration{})
        *wake_at_ += lan_.random().between(Duration{}, lan_.wire.max_lateness);
}

} // namespace baton::sim
