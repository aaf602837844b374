// A router whose settings change while it goes on (InstanceSettings::becomes): what must be set right for
// that.
//
// Most settings are looked at when they are needed, so there is nothing to do for them. Priority and tracks
// come with the next update().
#include "vrrp/router.h"

#include <algorithm>
#include <utility>

namespace baton::vrrp {
namespace {

bool names(const std::vector<Prefix>& addresses, const Prefix& prefix) {
    return std::find(addresses.begin(), addresses.end(), prefix) != addresses.end();
}

} // namespace

void Router::give_up_addresses(const InstanceSettings& next, Time now, Effects& out) {
    unconfirmed_takeover_.reset();
    let_go_if_stalled(now, out);
    given_up_.clear();
    for (const auto& prefix : settings_.addresses)
        if (!names(next.addresses, prefix))
            given_up_.push_back(prefix);
    if (!given_up_.empty() && holding() && conditions_.holder != IfIndex{})
        out.emplace_back(ReleaseAddresses{id_, conditions_.holder, given_up_, true});
}

/// What it had is kept a while, as effects of this event may borrow from it.
void Router::become(InstanceSettings next, Time now, Effects& out) {
    previous_ = std::exchange(settings_, std::move(next));
    previous_octets_ = std::exchange(octets_, wire_octets(settings_.addresses));
    if (settings_.addresses != previous_.addresses)
        addresses_replaced(now, out);
    if (settings_.advert_interval != previous_.advert_interval)
        interval_replaced(now);
    preempts_from_ += settings_.preempt_delay - previous_.preempt_delay;
    if (own_fault_) { // it may have been the settings' fault
        timers_.retry = now;
        retry_delay_ = first_retry;
    }
}

void Router::addresses_replaced(Time now, Effects& out) {
    std::vector<bool> marked;
    for (const auto& prefix : settings_.addresses) {
        const auto before = std::find(previous_.addresses.begin(), previous_.addresses.end(), prefix);
        const auto index = static_cast<std::size_t>(before - previous_.addresses.begin());
        marked.push_back(before != previous_.addresses.end() && marked_[index]);
    }
    marked_ = std::move(marked);
    if (!is_active() || conditions_.holder == IfIndex{})
        return;
    out.emplace_back(HoldAddresses{id_, conditions_.holder, settings_.addresses, settings_.adopts_addresses(),
                                   false, true});
    announcement_.start(now);
    announce(out);
}

/// Backups time us by what our last advert said, so they hear of the change at once. A Backup goes on with
/// what it has learnt; if that is nothing, its timer begins anew rather than have run out.
void Router::interval_replaced(Time now) {
    if (is_active()) {
        timers_.adver = now;
        return;
    }
    if (active_router_ && settings_.version == Version::v3)
        return;
    active_adver_interval_ = settings_.advert_interval;
    if (timers_.active_down)
        arm_active_down(down_timer_, now);
}

void Router::announce_again(Effects& out) {
    if (is_active())
        announce(out);
}

} // namespace baton::vrrp
