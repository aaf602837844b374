// The part of a fuzzed process that does as the daemon does: hands events in, performs effects, feeds
// failures.
#include "tests/fuzz/node_process.h"
#include "tests/fuzz/node_trace.h"
#include "tests/fuzz/target.h"
#include "tests/sim/trace.h"
#include "vrrp/holdings.h"
#include "vrrp/left_out.h"

#include <algorithm>
#include <utility>

namespace baton::fuzz {

using namespace vrrp;

namespace {

/// Adverts taken and refused, of the host and all its instances.
struct Counts {
    std::uint64_t taken{0};
    std::uint64_t refused{0};
};

void add(Counts& counts, const std::vector<std::pair<std::string, std::uint64_t>>& counters) {
    for (const auto& [name, count] : counters) {
        counts.taken += name == "adverts_received" ? count : 0;
        counts.refused += name.starts_with("rejected_") ? count : 0;
    }
}

Counts count(const Node& node, Time now) {
    const auto snapshot = node.snapshot(now);
    Counts counts;
    add(counts, snapshot.counters);
    for (const auto& instance : snapshot.instances)
        add(counts, instance.counters);
    return counts;
}

} // namespace

void Process::feed(const Event& event) {
    if (stopped())
        return;
    const bool advert = std::holds_alternative<AdvertReceived>(event);
    const auto before = advert ? count(node_, now_) : Counts{};
    feed_and_watch(event);
    if (advert)
        must(count(node_, now_).taken == before.taken + 1, "this advert must be taken");
}

/// What is refused moves one counter, and nothing else (RFC 9568 section 7.1).
void Process::feed_refused(const Event& event) {
    // A group, or a router with checks that have just begun, may have something left to say, whatever comes.
    const auto pending = [this] { return node_.deadline() && *node_.deadline() <= now_; };
    for (int i = 0; i < 10 && pending(); ++i)
        feed(Elapsed{});
    if (stopped())
        return;
    if (traced())
        trace(now_, event);
    const auto before = count(node_, now_);
    const auto deadline = node_.deadline();
    for (const auto& effect : node_.handle(event, now_)) {
        must(std::holds_alternative<Noticed>(effect),
             "an advert that is refused leads to nothing but a notice");
        watch_.performed(effect, now_);
    }
    const auto after = count(node_, now_);
    must(after.refused == before.refused + 1, "an advert that is refused is counted once");
    must(after.taken == before.taken, "and not as taken");
    must(node_.deadline() == deadline, "and moves no timer");
}

void Process::feed_and_watch(const Event& event) {
    hand_in(event);
    while (!failures_.empty()) {
        const auto failure = std::move(failures_.front());
        failures_.pop_front();
        hand_in(failure);
    }
    watch_.after(event, node_, kernel_, untold_.empty() && failed_releases_.empty(), now_);
}

void Process::hand_in(const Event& event) {
    if (traced())
        trace(now_, event);
    watch_.before(event);
    perform(node_.handle(event, now_));
}

void Process::perform(const Effects& effects) {
    vrrp::LeftOut left_out;
    for (const auto& effect : effects) {
        if (left_out.has(effect))
            continue;
        const auto failure = attempt(effect);
        if (traced())
            trace(now_, effect, settings_, failure ? failure->why : "");
        if (!failure) {
            watch_.performed(effect, now_);
            continue;
        }
        watch_.failed(*failure, now_);
        failures_.push_back(*failure);
        left_out.after(*failure);
    }
}

std::optional<EffectFailed> Process::attempt(const Effect& effect) {
    if (const auto* send = std::get_if<SendAdvert>(&effect))
        return attempt(*send);
    if (const auto* hold = std::get_if<HoldAddresses>(&effect))
        return attempt(*hold);
    if (const auto* release = std::get_if<ReleaseAddresses>(&effect))
        return attempt(*release);
    if (const auto* hold = std::get_if<HoldRoutes>(&effect))
        return attempt(*hold);
    if (const auto* release = std::get_if<ReleaseRoutes>(&effect))
        return attempt(*release);
    if (const auto* announce = std::get_if<Announce>(&effect))
        return attempt(*announce);
    return std::nullopt;
}

std::optional<EffectFailed> Process::attempt(const SendAdvert& effect) {
    check_sent(effect);
    if (!refused(EffectKind::send_advert) && exists(effect.interface))
        return std::nullopt;
    return EffectFailed{effect.instance, EffectKind::send_advert, "no buffer space"};
}

std::optional<EffectFailed> Process::attempt(const HoldAddresses& effect) {
    const auto& instance = settings_.instances[effect.instance.value];
    const bool back_again = effect.reclaim && instance.adopts_addresses(); // those that had our mark
    const auto holdings = holdings_of(instance);
    const bool whole = std::any_of(holdings.begin(), holdings.end(), [&](const Holding& holding) {
        return std::equal(holding.addresses.begin(), holding.addresses.end(), effect.addresses.begin(),
                          effect.addresses.end());
    });
    must(back_again || whole, "all addresses of an interface are held, or none");
    if (refused(EffectKind::hold_addresses) || !exists(effect.interface))
        return EffectFailed{effect.instance, EffectKind::hold_addresses, "no such device"};
    const auto before = kernel_.at(effect.interface).addresses;
    const auto why = kernel_.hold(effect);
    if (before != kernel_.at(effect.interface).addresses)
        untold_.push_back({effect.interface, kernel_.at(effect.interface).addresses});
    if (why)
        return EffectFailed{effect.instance, EffectKind::hold_addresses, *why};
    return std::nullopt;
}

std::optional<EffectFailed> Process::attempt(const ReleaseAddresses& effect) {
    if (refused(EffectKind::release_addresses)) {
        failed_releases_.insert({effect.instance, effect.interface});
        return EffectFailed{effect.instance, EffectKind::release_addresses, "try again"};
    }
    failed_releases_.erase({effect.instance, effect.interface});
    if (!exists(effect.interface))
        return std::nullopt; // one that is not there is fine
    const auto before = kernel_.at(effect.interface).addresses;
    kernel_.release(effect);
    if (before != kernel_.at(effect.interface).addresses)
        untold_.push_back({effect.interface, kernel_.at(effect.interface).addresses});
    return std::nullopt;
}

std::optional<EffectFailed> Process::attempt(const HoldRoutes& effect) {
    must(settings_.instances[effect.instance.value].routing.any, "there are routes to hold");
    if (!refused(EffectKind::hold_routes))
        return std::nullopt;
    return EffectFailed{effect.instance, EffectKind::hold_routes, "network is unreachable"};
}

std::optional<EffectFailed> Process::attempt(const ReleaseRoutes& effect) {
    if (!refused(EffectKind::release_routes))
        return std::nullopt;
    return EffectFailed{effect.instance, EffectKind::release_routes, "try again"};
}

std::optional<EffectFailed> Process::attempt(const Announce& effect) {
    if (!refused(EffectKind::announce) && exists(effect.interface))
        return std::nullopt;
    return EffectFailed{effect.instance, EffectKind::announce, "no such device"};
}

bool Process::refused(EffectKind kind) {
    auto& next = refusals_[static_cast<std::size_t>(kind)];
    const bool refuse = (next & 1) != 0;
    next = static_cast<std::uint8_t>(next >> 1);
    return refuse;
}

bool Process::exists(IfIndex index) const {
    return index != IfIndex{} &&
           std::any_of(kernel_.interfaces().begin(), kernel_.interfaces().end(),
                       [&](const sim::Interface& interface) { return interface.index == index; });
}

/// What is sent can be read again, and says what the settings say.
void Process::check_sent(const SendAdvert& effect) const {
    const auto& instance = settings_.instances[effect.instance.value];
    std::array<std::uint8_t, max_advert_size> buffer{};
    const auto message = encode(effect.advert, effect.source, effect.destination, buffer);
    const auto advert =
        decode({effect.interface, effect.source, effect.destination, effect.hop_limit, message});
    must(advert.has_value(), "an advert of ours is one that others can read");
    must(advert->vrid == instance.vrid && advert->version == instance.version, "VRID and version are ours");
    must(effect.source.family() == instance.family() && effect.destination.family() == instance.family(),
         "adverts stay in the family");
    must(effect.destination.is_multicast() == instance.unicast.peers.empty(),
         "to the group, or to the peers");
    must(advert->priority != owner || instance.priority == owner, "only the owner says 255");
}

/// Where a release failed for good (it is tried again, but not once the interface has another name, nor after
/// the end) the next start removes what is left.
void Process::check_nothing_left() const {
    if (!failed_releases_.empty())
        return;
    for (const auto& interface : kernel_.interfaces())
        for (const auto& address : interface.addresses)
            must(!address.ours, "a process that has stopped leaves no address behind, not " +
                                    address.prefix.to_string() + " on " + interface.name);
}

} // namespace baton::fuzz
