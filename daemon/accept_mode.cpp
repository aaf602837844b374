#include "daemon/accept_mode.h"

#include <cassert>
#include <vector>

namespace baton::daemon {
namespace {

/// A link-local address is another one on each interface; the others are this host's wherever a packet to
/// them comes in.
std::vector<netfilter::Unaccepted> unaccepted(IfIndex interface, std::span<const Prefix> addresses) {
    std::vector<netfilter::Unaccepted> all;
    for (const auto& prefix : addresses) {
        const bool of_link = prefix.address.family() == Family::ipv6 && prefix.address.is_link_local();
        all.push_back({prefix.address, of_link ? interface : IfIndex{}});
    }
    return all;
}

} // namespace

Result<AcceptMode, Error> AcceptMode::open(bool needed) {
    AcceptMode mode;
    if (!needed)
        return mode;
    auto filter = netfilter::AcceptFilter::open();
    if (!filter)
        return filter.error();
    mode.filter_.emplace(std::move(*filter));
    return mode;
}

Result<void, Error> AcceptMode::refuse(IfIndex interface, std::span<const Prefix> addresses) {
    assert(filter_);
    return filter_->hold(unaccepted(interface, addresses));
}

Result<void, Error> AcceptMode::accept(IfIndex interface, std::span<const Prefix> addresses) {
    assert(filter_);
    return filter_->release(unaccepted(interface, addresses));
}

} // namespace baton::daemon
