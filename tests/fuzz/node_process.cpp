#include "tests/fuzz/node_process.h"

#include "tests/fuzz/node_adverts.h"
#include "tests/fuzz/node_settings.h"
#include "tests/fuzz/node_trace.h"
#include "tests/fuzz/target.h"
#include "vrrp/sync_groups.h"

#include <algorithm>
#include <utility>

namespace baton::fuzz {

using namespace std::chrono_literals;
using namespace vrrp;

namespace {

constexpr unsigned most_wakes = 32; ///< of one stretch of time, so that 10 ms adverts do not take all of it

LinkChanged link_of(const sim::Interface& interface) {
    const bool exists = interface.index != IfIndex{};
    return {interface.name, interface.index, exists, exists && interface.up};
}

} // namespace

Process::Process(Input& input)
    : input_(input), settings_(settings_from(input)), kernel_(interfaces_for(settings_)),
      node_(settings_, now_), watch_("fuzz", with_shared_tracks(settings_), now_, 0s) {
    if (traced())
        trace(now_, settings_);
    for (const auto& interface : kernel_.interfaces())
        if (interface.index != IfIndex{}) {
            feed(link_of(interface));
            tell(interface);
        }
    tell_pending();
}

void Process::act() {
    const auto what = input_.below(24);
    if (!started_ && what < 16)
        return start();
    switch (what) {
    case 0:
    case 1:
    case 2:
        return pass(100ms * input_.byte());
    case 3:
        return pass(10us * input_.word());
    case 4: // to the next deadline, and not a moment further
        return node_.deadline() ? pass(std::max<Duration>(*node_.deadline() - now_, 0s)) : pass(1s);
    case 5:
        return freeze(50ms * input_.byte());
    case 6:
        return input_.one_in(3) ? feed(TablesRead{}) : feed(Elapsed{}); // one too many does no harm
    case 7:
        return hear_bytes();
    case 8:
    case 9:
        return probe();
    case 10:
        return toggle_link();
    case 11:
        return input_.one_in(4) ? return_link() : toggle_link();
    case 12:
    case 13:
        return change_addresses();
    case 14:
        return replace_interface();
    case 15:
        return refuse_some();
    case 16:
        return input_.one_in(4) ? release_or_resume() : tell_pending();
    case 17:
        return input_.one_in(4) ? stop() : finish_gate();
    case 18:
        return input_.one_in(4) ? claim() : hear_advert();
    default:
        return hear_advert();
    }
}

/// By hand.
void Process::release_or_resume() {
    const InstanceId instance{static_cast<std::uint32_t>(input_.below(settings_.instances.size()))};
    const auto duration = input_.byte();
    if (duration < 64)
        return feed(ResumeAsked{instance});
    const auto until = duration < 128 ? std::nullopt : std::optional(now_ + 100ms * (duration - 127));
    feed(ReleaseAsked{instance, until, input_.flag()});
}

/// Also of gates that do not run: what was asked for is over by then.
void Process::finish_gate() {
    for (std::uint32_t i = 0; i < settings_.instances.size(); ++i)
        if (settings_.instances[i].gate && input_.flag())
            return feed(HookFinished{InstanceId{i}, input_.flag(), "exit status 1"});
    feed(Elapsed{});
}

void Process::start() {
    started_ = true;
    feed(Commanded{Command::startup});
}

void Process::stop() {
    shutting_down_ = true;
    feed(Commanded{Command::shutdown});
}

void Process::end() {
    refusals_ = {};
    wakes_left_ = 1000;
    stop();
    // The longest handover: two Skew_Times of priority 1 at the longest interval of version 3.
    const auto latest = now_ + 2 * 40950ms;
    while (!stopped() && now_ < latest && node_.deadline())
        pass(*node_.deadline() - now_);
    must(stopped(), "a process that is asked to stop has stopped after two Skew_Times");
    check_nothing_left();
}

/// Time goes by, and the deadlines in it are kept.
void Process::pass(Duration duration) {
    const auto end = now_ + duration;
    for (unsigned wakes = 0; wakes < most_wakes && wakes_left_ != 0 && !stopped(); ++wakes, --wakes_left_) {
        tell_pending();
        const auto deadline = node_.deadline();
        if (!deadline || *deadline > end) {
            now_ = end;
            return;
        }
        now_ = std::max(now_, *deadline);
        feed(Elapsed{});
    }
}

/// The process gets no processor; what comes next finds it where it was, late.
void Process::freeze(Duration duration) {
    watch_.stalled();
    now_ += duration;
}

void Process::hear_advert() {
    const auto place = input_.below(settings_.instances.size());
    const auto& instance = settings_.instances[place];
    const auto& primary = watch_.primary(place);
    const auto there = kernel_.find(instance.interface)->index;
    const auto index = input_.one_in(16) ? IfIndex{99} : there;
    const auto drawn = advert_from(input_, instance, primary, index);
    const bool known = index == there && index != IfIndex{};
    if (known && must_take(drawn.event, instance, primary))
        feed(drawn.event);
    else if (!known || drawn.event.advert.vrid == instance.vrid)
        feed_refused(drawn.event);
}

/// Whatever it is, it is no advert that anybody waits for: the VRIDs here are 51 to 53, and 0 is none.
void Process::hear_bytes() {
    auto payload = input_.take_copy(input_.below(40));
    if (payload.size() > 1)
        payload[1] = 0;
    const auto& interface = some_interface();
    const auto event = heard({interface.index, host_address(Family::ipv4, interface.name, greater_host),
                              multicast_group_v4, 255, payload});
    feed_refused(event);
}

void Process::probe() {
    if (settings_.checks.empty())
        return;
    const CheckId check{static_cast<std::uint32_t>(input_.below(settings_.checks.size()))};
    feed(Probed{check, input_.flag(), "said so", 1ms});
}

sim::Interface& Process::some_interface() {
    const auto choice = input_.below(16);
    const char* name = choice == 1 ? "vmac1" : choice == 2 ? "vmac2" : choice % 4 == 3 ? "eth1" : "eth0";
    return *kernel_.find(name);
}

void Process::toggle_link() {
    auto& interface = some_interface();
    if (interface.index == IfIndex{})
        return replace_interface();
    interface.up = !interface.up;
    feed(link_of(interface));
}

/// Of an address that may be held, by a host that may be this one.
void Process::claim() {
    const auto& instance = settings_.instances[input_.below(settings_.instances.size())];
    const auto& address = instance.addresses[input_.below(instance.addresses.size())].address;
    feed(AddressClaimed{some_interface().index, address, MacAddress{{2, 0, 0, 0, 0, input_.byte()}}});
}

/// It went and came before anybody could tell.
void Process::return_link() {
    auto event = link_of(some_interface());
    event.returned = event.up;
    feed(event);
}

void Process::tell(const sim::Interface& interface) {
    if (interface.index != IfIndex{})
        untold_.push_back({interface.index, interface.addresses});
}

void Process::tell_pending() {
    while (!untold_.empty() && !stopped()) {
        const auto told = std::move(untold_.front());
        untold_.pop_front();
        feed(told);
    }
}

/// Somebody deletes, replaces or adds an address, or IPv6 doubts one.
void Process::change_addresses() {
    auto& interface = some_interface();
    auto& addresses = interface.addresses;
    if (interface.index == IfIndex{})
        return;
    const auto what = input_.below(5);
    const auto place = input_.below(256);
    if (what == 0 && !addresses.empty()) {
        addresses.erase(addresses.begin() + static_cast<std::ptrdiff_t>(place % addresses.size()));
    } else if (what == 1 && !addresses.empty()) {
        addresses[place % addresses.size()].ours = false;
    } else if (what == 2 && !addresses.empty()) {
        auto& address = addresses[place % addresses.size()];
        address.tentative = !address.tentative && !address.ours;
    } else if (what == 3) {
        const auto& wanted = settings_.instances[place % settings_.instances.size()].addresses;
        const auto& prefix = wanted[place % wanted.size()];
        if (!kernel_.has_ours(interface.index, prefix))
            addresses.push_back({prefix});
    } else {
        const auto family = (place & 1) != 0 ? Family::ipv6 : Family::ipv4;
        addresses.push_back({{host_address(family, interface.name, this_host), 24}});
    }
    tell(interface);
}

/// Deleted with all it had; renamed, so that the old one is still there under another name; or made again.
void Process::replace_interface() {
    auto& interface = some_interface();
    auto& renamed = *kernel_.find("renamed");
    if (interface.index != IfIndex{}) {
        if (input_.flag())
            renamed = {"renamed", interface.index, interface.up, interface.addresses};
        interface.index = {};
        interface.up = false;
        interface.addresses.clear();
    } else {
        interface.index = IfIndex{++next_index_};
        interface.up = input_.flag();
        if (!interface.name.starts_with("vmac"))
            interface.addresses = {{{host_address(Family::ipv4, interface.name, this_host), 24}},
                                   {{host_address(Family::ipv6, interface.name, this_host), 64}}};
    }
    feed(link_of(interface));
    if (renamed.index != IfIndex{})
        feed(link_of(renamed));
    tell(interface);
}

void Process::refuse_some() {
    const auto kind = input_.below(refusals_.size());
    refusals_[kind] = input_.byte();
}

} // namespace baton::fuzz
