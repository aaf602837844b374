// Any story of a host whose settings change again and again: instances come, go, change in place, begin anew,
// take over what another one had, while links go and the kernel refuses.
//
// The bytes are choices (input.h). What must always be true, whatever comes: an address is never held by two,
// nor released under the one that holds it; nobody advertises without its addresses; a virtual router is
// never there twice; who is not concerned is left alone; in the end all that is wanted is there, and after a
// stop nothing is.
#include "tests/fuzz/input.h"
#include "tests/fuzz/node_trace.h"
#include "tests/fuzz/target.h"
#include "vrrp/left_out.h"
#include "vrrp/node.h"

#include <array>
#include <deque>
#include <map>
#include <set>

namespace baton::fuzz {
namespace {

using namespace std::chrono_literals;
using namespace vrrp;

constexpr std::array<const char*, 3> interfaces{"eth0", "eth1", "vmac"};

IfIndex index_of(const std::string& name) {
    for (unsigned i = 0; i < interfaces.size(); ++i)
        if (name == interfaces.at(i))
            return IfIndex{i + 2};
    return {};
}

InstanceSettings instance_from(Input& input, const std::string& name) {
    InstanceSettings instance;
    instance.name = name;
    instance.interface = input.one_in(4) ? "eth1" : "eth0";
    instance.vrid = Vrid{static_cast<std::uint8_t>(51 + input.below(4))};
    instance.priority = input.one_in(8) ? owner : Priority{static_cast<std::uint8_t>(100 + input.below(3))};
    constexpr std::array<Duration, 3> intervals{1s, 3s, 300ms};
    instance.advert_interval = input.pick(intervals);
    if (input.one_in(6)) {
        instance.version = Version::v2;
        instance.advert_interval = 1s;
    }
    for (std::size_t i = 0, count = 1 + input.below(3); i < count; ++i) {
        const Prefix prefix{IpAddress::v4(10, 0, 1, static_cast<std::uint8_t>(100 + input.below(6))), 24};
        if (std::find(instance.addresses.begin(), instance.addresses.end(), prefix) ==
            instance.addresses.end())
            instance.addresses.push_back(prefix);
    }
    if (input.one_in(4))
        instance.elsewhere.push_back({instance.addresses.front(), "eth1"});
    if (input.one_in(5)) {
        instance.virtual_mac = true;
        instance.holder = "vmac";
    }
    if (input.one_in(3))
        instance.track.push_back(
            {TrackSettings::Kind::check, input.flag() ? "x" : "y", input.flag() ? -10 : 0});
    if (input.one_in(4))
        instance.unicast.peers = {IpAddress::v4(10, 0, 1, 3)};
    instance.preempt_delay = input.one_in(4) ? 3s : 0s;
    if (instance.preempt_delay != 0s && instance.unicast.peers.empty())
        instance.gate = {instance.vrid.value % 2 == 0 ? GateFailure::backup : GateFailure::fault, 0s,
                         instance.priority.value % 2 == 0 ? "one" : "another"};
    instance.edition = input.one_in(8) ? 1 : 0;
    return instance;
}

/// As the configuration promises: no VRID, address or interface of its own twice.
bool fits(const InstanceSettings& one, const Settings& others) {
    return std::none_of(others.instances.begin(), others.instances.end(), [&](const InstanceSettings& other) {
        const bool address =
            std::any_of(one.addresses.begin(), one.addresses.end(), [&](const Prefix& prefix) {
                return std::count(other.addresses.begin(), other.addresses.end(), prefix) != 0;
            });
        return address || (one.vrid == other.vrid && one.interface == other.interface) ||
               (!one.holder.empty() && one.holder == other.holder);
    });
}

Settings settings_from(Input& input) {
    Settings settings;
    for (const auto* check : {"x", "y"})
        settings.checks.push_back({check, 1, static_cast<unsigned>(1 + input.below(2))});
    if (input.flag())
        std::swap(settings.checks[0], settings.checks[1]);
    for (const auto* name : {"A", "B", "C", "D"})
        if (!input.one_in(3))
            if (auto one = instance_from(input, name); fits(one, settings))
                settings.instances.push_back(std::move(one));
    if (settings.instances.size() > 1 && input.one_in(3))
        settings.sync_groups = {{"G", {InstanceId{0}, InstanceId{1}}}};
    constexpr std::array<unsigned, 3> rates{0, 10, 100};
    settings.announce_rate = input.pick(rates);
    return settings;
}

class Host {
public:
    explicit Host(Input& input) : input_(input), settings_(settings_from(input)), node_(settings_, now_) {
        for (const auto* name : interfaces)
            feed(LinkChanged{name, index_of(name), true, true});
        tell();
        feed(Commanded{Command::startup});
    }

    void act() {
        switch (input_.below(10)) {
        case 0:
        case 1:
        case 2:
            return reconfigure();
        case 3:
            return pass(10ms * input_.byte());
        case 4:
            return pass(100ms * input_.byte());
        case 5:
            return hear();
        case 6:
            return probe();
        case 7:
            feed(LinkChanged{"eth1", index_of("eth1"), true, input_.flag()});
            return tell();
        case 8:
            refusals_ = input_.byte();
            return;
        default:
            return stand_still_or_aside();
        }
    }

    void end() {
        refusals_ = 0;
        feed(LinkChanged{"eth1", index_of("eth1"), true, true});
        pass(100s);
        for (const auto& occupant : node_.occupants())
            must(!occupant.waiting && !occupant.leaving, "in the end nobody leaves or waits any more");
        std::set<std::string> names;
        for (const auto& view : node_.snapshot(now_).instances)
            names.insert(view.name);
        must(names.size() == settings_.instances.size(), "all that is wanted is there, and nothing else");
        feed(Commanded{Command::shutdown});
        pass(20s);
        must(node_.stopped(), "who is asked to stop stops");
        must(held_.empty(), "and leaves nothing behind, but " + whatever_is_held());
    }

private:
    void stand_still_or_aside() {
        const auto byte = input_.byte();
        if (byte < 240) {
            now_ += 50ms * byte;
            return feed(Elapsed{});
        }
        for (const auto& occupant : node_.occupants()) {
            if (occupant.waiting || occupant.leaving || occupant.id.value != byte % 4u)
                continue;
            if (byte < 248)
                return feed(HookFinished{occupant.id, byte < 244, "exit status 1"});
            if (byte < 252)
                return feed(ReleaseAsked{occupant.id, now_ + 100ms * input_.byte(), input_.flag()});
            return feed(ResumeAsked{occupant.id});
        }
    }

    using Spot = std::pair<IfIndex, IpAddress>;

    std::string whatever_is_held() const {
        std::string all;
        for (const auto& [spot, holder] : held_)
            all += " " + spot.second.to_string() + " on interface " + std::to_string(spot.first.value);
        return all;
    }

    void reconfigure() {
        const auto before = std::exchange(settings_, settings_from(input_));
        // Whoever is in both alike, while nothing else is on its way, must not notice; at another rate, what
        // waits to be announced is asked for again.
        std::set<InstanceId> alike;
        const bool quiet = before.sync_groups.empty() && settings_.sync_groups.empty() &&
                           before.announce_rate == settings_.announce_rate &&
                           (!node_.deadline() || *node_.deadline() > now_);
        for (const auto& occupant : node_.occupants())
            if (quiet && !occupant.leaving && !occupant.waiting && equal(*occupant.settings, settings_))
                alike.insert(occupant.id);
        left_alone_ = alike;
        feed(Reconfigured{settings_});
        left_alone_.clear();
        tell();
    }

    static bool equal(const InstanceSettings& one, const Settings& settings) {
        return one.unicast.peers.empty() && // the others' addresses may become its source
               std::count(settings.instances.begin(), settings.instances.end(), one) == 1;
    }

    /// The addresses of all interfaces, as the kernel has them.
    void tell() {
        for (const auto* name : interfaces) {
            AddressesChanged told{index_of(name), {}};
            if (std::string(name) != "vmac")
                told.addresses.push_back({{IpAddress::v4(10, 0, 1, 2), 24}, false, false});
            for (const auto& [spot, holder] : held_)
                if (spot.first == told.index)
                    told.addresses.push_back({{spot.second, 24}, true, false});
            feed(told);
        }
    }

    void pass(Duration duration) {
        const auto end = now_ + duration;
        for (int wakes = 0; wakes < 20'000 && node_.deadline() && *node_.deadline() <= end; ++wakes) {
            now_ = std::max(now_, *node_.deadline());
            feed(Elapsed{});
        }
        now_ = std::max(now_, end);
        feed(Elapsed{});
    }

    void hear() {
        if (settings_.instances.empty())
            return;
        const auto& about = settings_.instances[input_.below(settings_.instances.size())];
        std::vector<std::uint8_t> octets;
        for (const auto& prefix : about.addresses)
            octets.insert(octets.end(), prefix.address.bytes().begin(), prefix.address.bytes().end());
        Advert advert;
        advert.version = about.version;
        advert.vrid = about.vrid;
        advert.priority = Priority{static_cast<std::uint8_t>(input_.one_in(4) ? 0 : 98 + input_.below(6))};
        advert.interval = about.advert_interval;
        advert.addresses = AddressView(Family::ipv4, octets);
        feed(AdvertReceived{index_of(about.interface), IpAddress::v4(10, 0, 1, 3),
                            about.unicast.peers.empty() ? multicast_group_v4 : IpAddress::v4(10, 0, 1, 2),
                            advert});
    }

    void probe() {
        if (const auto check = node_.find_check(input_.flag() ? "x" : "y"))
            feed(Probed{*check, input_.flag(), "said so", 1ms});
    }

    void feed(const Event& event) {
        if (traced())
            show(event);
        perform(node_.handle(event, now_));
        while (!failures_.empty()) {
            const auto failure = std::move(failures_.front());
            failures_.pop_front();
            if (traced())
                show(failure);
            perform(node_.handle(failure, now_));
        }
        std::set<std::pair<std::string, Vrid>> routers;
        for (const auto& view : node_.snapshot(now_).instances)
            must(view.state == State::initialize || routers.insert({view.interface, view.vrid}).second,
                 "a virtual router is never there twice");
    }

    void show(const Event& event) const {
        trace(now_, event);
        if (const auto* reconfigured = std::get_if<Reconfigured>(&event))
            trace(now_, reconfigured->settings);
    }

    /// For the trace, which looks names up by place.
    Settings with_names(InstanceId id) const {
        Settings named;
        named.instances.resize(id.value + 1);
        named.instances.back() = node_.settings_of(id);
        return named;
    }

    void perform(const Effects& effects) {
        LeftOut left_out;
        for (const auto& effect : effects) {
            const auto id = instance_of(effect);
            if (id)
                must(!node_.settings_of(*id).name.empty(), "an effect is somebody's");
            if (left_out.has(effect))
                continue;
            if (traced() && id) // before what may be broken by it
                trace(now_, effect, with_names(*id), (refusals_ & 1) != 0 ? "refused, if it can be" : "");
            must(!id || !left_alone_.contains(*id), "who is as it was is left alone");
            if (const auto kind = attempt(effect)) {
                failures_.push_back({*id, *kind, "no"});
                left_out.after(failures_.back());
            }
        }
    }

    std::optional<EffectKind> attempt(const Effect& effect) {
        if (const auto* hold = std::get_if<HoldAddresses>(&effect))
            return attempt(*hold);
        if (const auto* release = std::get_if<ReleaseAddresses>(&effect))
            return attempt(*release);
        if (const auto* send = std::get_if<SendAdvert>(&effect))
            check(*send);
        if (const auto* announce = std::get_if<Announce>(&effect))
            for (const auto& prefix : announce->addresses)
                must(held_.contains({announce->interface, prefix.address}), "only what is held is announced");
        return std::nullopt;
    }

    std::optional<EffectKind> attempt(const HoldAddresses& hold) {
        if (refuses())
            return EffectKind::hold_addresses;
        for (const auto& prefix : hold.addresses) {
            const auto [spot, fresh] = held_.try_emplace({hold.interface, prefix.address}, hold.instance);
            if (!fresh && spot->second != hold.instance) {
                must(given_up(spot->second, prefix), "an address is held by one");
                spot->second = hold.instance;
            }
        }
        return std::nullopt;
    }

    std::optional<EffectKind> attempt(const ReleaseAddresses& release) {
        if (refuses())
            return EffectKind::release_addresses;
        for (const auto& prefix : release.addresses) {
            const auto spot = held_.find({release.interface, prefix.address});
            if (spot == held_.end())
                continue;
            must(spot->second == release.instance || given_up(spot->second, prefix),
                 "nobody releases what another one holds");
            held_.erase(spot);
        }
        return std::nullopt;
    }

    /// The kernel refused to take it away from who had it, who has it no more.
    bool given_up(InstanceId holder, const Prefix& prefix) const {
        const auto& its = node_.settings_of(holder).addresses;
        return std::count(its.begin(), its.end(), prefix) == 0;
    }

    void check(const SendAdvert& send) const {
        const auto& settings = node_.settings_of(send.instance);
        must(send.advert.vrid == settings.vrid && send.advert.version == settings.version &&
                 send.advert.addresses.size() == settings.addresses.size(),
             "an advert says what the settings say");
        if (send.advert.priority == resigning)
            return;
        for (const auto& prefix : settings.addresses)
            must(std::any_of(held_.begin(), held_.end(),
                             [&](const auto& entry) {
                                 return entry.first.second == prefix.address && entry.second == send.instance;
                             }),
                 "whoever advertises has the addresses");
    }

    bool refuses() {
        const bool refuse = (refusals_ & 1) != 0;
        refusals_ = static_cast<std::uint8_t>(refusals_ >> 1);
        return refuse;
    }

    Input& input_;
    Time now_{std::chrono::hours(1)};
    Settings settings_;
    Node node_;
    std::map<Spot, InstanceId> held_; ///< what the kernel has
    std::deque<EffectFailed> failures_;
    std::set<InstanceId> left_alone_;
    std::uint8_t refusals_{0};
};

} // namespace
} // namespace baton::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr unsigned most_actions = 60;
    baton::fuzz::Input input({data, size});
    baton::fuzz::Host host(input);
    for (unsigned i = 0; i < most_actions && !input.empty(); ++i)
        host.act();
    host.end();
    return 0;
}
