#include "config/read_holdings.h"

#include "config/members.h"
#include "config/read_value.h"
#include "config/routing_words.h"

#include <algorithm>

namespace baton::config {
namespace {

/// An owner without a virtual MAC address finds its addresses where they are, as they are.
void refuse_places(const Json& entry, const Pointer& at, Findings& findings) {
    for (const auto* key : {"interface", "label", "scope"})
        if (find(entry, key) != nullptr)
            findings.push_back({.pointer = (at / key).text(),
                                .message =
                                    "an owner (priority 255) without \"virtual_mac\" has its addresses "
                                    "where they are, as they are; leave this out",
                                .about = Finding::About::key});
}

/// Where one address stands and how it looks, if that is not as usual.
void read_place(const Json& entry, const Prefix& address, vrrp::InstanceSettings& settings,
                HostSettings& host) {
    if (auto interface = text(entry, "interface");
        !interface.empty() && interface != settings.holding_interface())
        settings.elsewhere.push_back({address, std::move(interface)});
    AddressLook look{address, text(entry, "label"), read_scope(entry)};
    if (!look.label.empty() || look.scope)
        host.looks.push_back(std::move(look));
}

void read_places(const Json& list, const std::vector<Prefix>& addresses, const Pointer& at,
                 vrrp::InstanceSettings& settings, HostSettings& host, Findings& findings) {
    for (std::size_t i = 0; i < addresses.size(); ++i) {
        if (!list[i].is_object())
            continue;
        if (settings.adopts_addresses())
            refuse_places(list[i], at / i, findings);
        else if (!is_stand_in(addresses[i].address))
            read_place(list[i], addresses[i], settings, host);
    }
}

/// By default long enough for a daemon that is late, and short enough for its successors; in whole seconds,
/// as the kernel has it.
std::chrono::seconds read_lease(const Json& instance, const vrrp::InstanceSettings& settings) {
    using std::chrono::seconds;
    if (find(instance, "lease") != nullptr)
        return std::chrono::duration_cast<seconds>(duration(instance, "lease"));
    return std::max(seconds(3), std::chrono::ceil<seconds>(3 * settings.advert_interval));
}

} // namespace

std::vector<Prefix> read_addresses(const Json& instance, const char* key, const Pointer& at,
                                   Findings& findings) {
    std::vector<Prefix> prefixes;
    for (const auto& entry : part(instance, key)) {
        const auto place = at / key / prefixes.size();
        prefixes.push_back(entry.is_object()
                               ? read_member(entry, "address", read_virtual_address, place, findings)
                                     .value_or(Prefix{}) // it is missing
                               : read_or_stand_in(entry, read_virtual_address, place, findings));
    }
    return prefixes;
}

void read_holdings(const Json& instance, const Pointer& at, vrrp::InstanceSettings& settings,
                   HostSettings& host, Findings& findings) {
    settings.excluded = read_addresses(instance, "excluded_addresses", at, findings);
    read_places(part(instance, "addresses"), settings.addresses, at / "addresses", settings, host, findings);
    read_places(part(instance, "excluded_addresses"), settings.excluded, at / "excluded_addresses", settings,
                host, findings);
    host.lease = read_lease(instance, settings);
    const auto* accept = find(instance, "accept");
    host.accept = accept == nullptr || *accept != false; // what was refused is not meant as false
}

} // namespace baton::config
