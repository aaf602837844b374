#include "daemon/claim_sockets.h"

#include "vrrp/holdings.h"

#include <algorithm>

namespace baton::daemon {

/// What stands on a virtual MAC address is claimed on the link below.
void ClaimSockets::want(const std::vector<vrrp::Occupant>& occupants) {
    wanted_.clear();
    for (const auto& occupant : occupants) {
        if (occupant.left)
            continue;
        const auto& instance = *occupant.settings;
        for (const auto& holding : vrrp::holdings_of(instance)) {
            const bool above = instance.virtual_mac && holding.interface == instance.holder;
            auto& families = wanted_[above ? instance.interface : holding.interface];
            for (const auto& prefix : holding.addresses)
                families[prefix.address.family()].push_back(prefix.address);
        }
    }
    for (auto& [name, families] : wanted_)
        for (auto& [family, addresses] : families) {
            std::sort(addresses.begin(), addresses.end());
            addresses.erase(std::unique(addresses.begin(), addresses.end()), addresses.end());
        }
}

std::vector<std::string> ClaimSockets::wanted() const {
    std::vector<std::string> names;
    for (const auto& [name, families] : wanted_)
        names.push_back(name);
    return names;
}

Result<void, Error> ClaimSockets::open(const std::string& name, IfIndex index) {
    const auto wanted = wanted_.find(name);
    if (wanted == wanted_.end()) {
        open_.erase(name);
        return {};
    }
    auto& open = open_[name];
    if (open.index != index)
        open = Open{index, {}};
    std::erase_if(open.ears, [&](const auto& ear) { return !wanted->second.contains(ear.first); });
    for (const auto& [family, addresses] : wanted->second) {
        if (const auto ear = open.ears.find(family);
            ear != open.ears.end() && ear->second.addresses == addresses)
            continue;
        auto socket = net::ClaimSocket::open(io_.get_executor(), {index, family, addresses});
        if (!socket)
            return socket.error();
        (*socket)->start(on_readable_);
        open.ears.insert_or_assign(family, Ear{addresses, std::move(*socket)});
    }
    return {};
}

std::vector<ClaimSockets::Heard> ClaimSockets::receive() {
    std::vector<Heard> heard;
    for (auto& [name, open] : open_)
        for (auto& [family, ear] : open.ears)
            ear.socket->receive([&heard, index = open.index](IfIndex meant, const net::AddressClaim& claim) {
                heard.push_back({index, meant, claim});
            });
    return heard;
}

void ClaimSockets::close_others() {
    std::erase_if(open_, [&](const auto& open) { return !wanted_.contains(open.first); });
}

} // namespace baton::daemon
