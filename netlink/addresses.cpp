#include "netlink/addresses.h"

#include "netlink/dump.h"
#include "netlink/mark.h"
#include "netlink/reconcile.h"
#include "netlink/sysctl.h"
#include "netlink/words.h"

#include <cerrno>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

namespace baton::netlink {

namespace {

AddressFailure failure(const Prefix& prefix, IfIndex interface, const std::string& why) {
    return {prefix, prefix.to_string() + " on " + name_of(interface) + ": " + why};
}

/// Without that setting, with the first IPv4 address of a network go all others of it (ip-sysctl(5)).
AddressFailure foreign(const Prefix& prefix, IfIndex interface) {
    const std::string name = name_of(interface);
    const auto first = prefix.address.family() == Family::ipv4
                           ? "sysctl -w " + sysctl_name(Family::ipv4, name, "promote_secondaries") + "=1; "
                           : std::string();
    return {prefix, prefix.to_string() + " is already on " + name +
                        " and was not put there by baton; remove it (" + first + "ip address del " +
                        prefix.to_string() + " dev " + name + ") and whatever configures it"};
}

AddressFailure refused(const Prefix& prefix, IfIndex interface, const Refusal& refusal) {
    // The kernel's way to say so (net/ipv6/addrconf.c, addrconf_add_dev).
    if (refusal.code != EACCES || prefix.address.family() != Family::ipv6)
        return failure(prefix, interface, words(refusal));
    const std::string name = name_of(interface);
    return {prefix, prefix.to_string() + ": IPv6 is switched off on " + name + " (sysctl " +
                        sysctl_name(Family::ipv6, name, "disable_ipv6") + ")"};
}

std::vector<AddressFailure> all_fail(std::span<const Prefix> prefixes, IfIndex interface,
                                     const Refusal& refusal) {
    std::vector<AddressFailure> failures;
    for (const Prefix& prefix : prefixes)
        failures.push_back(failure(prefix, interface, words(refusal)));
    return failures;
}

Message request_for(int type, int flags, IfIndex interface, const Prefix& prefix,
                    std::optional<std::uint8_t> scope = {}) {
    Message request(type, NLM_F_ACK | flags);
    const bool ipv6 = prefix.address.family() == Family::ipv6;
    ifaddrmsg header{};
    header.ifa_family = ipv6 ? AF_INET6 : AF_INET;
    header.ifa_prefixlen = prefix.length;
    header.ifa_flags = ipv6 ? IFA_F_NODAD : 0;
    header.ifa_scope =
        scope.value_or(ipv6 && prefix.address.is_link_local() ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE);
    header.ifa_index = interface.value;
    request.append(header);
    request.put(IFA_LOCAL, prefix.address.bytes());
    request.put(IFA_ADDRESS, prefix.address.bytes());
    return request;
}

/// To put it there, new or in the place of the one that is there.
Message request_to_have(int flags, IfIndex interface, const Prefix& prefix, const AddressForm& form) {
    std::string_view label;
    std::optional<std::uint8_t> scope;
    for (const AddressLook& look : form.looks) {
        if (look.address != prefix)
            continue;
        label = look.label;
        scope = look.scope;
    }
    auto request = request_for(RTM_NEWADDR, flags, interface, prefix, scope);
    request.put(IFA_PROTO, address_mark);
    if (!label.empty())
        request.put(IFA_LABEL, label);
    if (form.lease != std::chrono::seconds::zero()) {
        ifa_cacheinfo lifetimes{};
        lifetimes.ifa_valid = static_cast<std::uint32_t>(form.lease.count());
        lifetimes.ifa_prefered = lifetimes.ifa_valid; // else it would be deprecated before it goes
        const auto* octets = reinterpret_cast<const std::uint8_t*>(&lifetimes);
        request.put(IFA_CACHEINFO, std::span(octets, sizeof lifetimes));
    }
    return request;
}

} // namespace

std::string describe(std::span<const AddressFailure> failures) {
    std::string text;
    for (const AddressFailure& each : failures)
        text += (text.empty() ? "" : "; ") + each.text;
    return text;
}

std::vector<AddressFailure> Addresses::hold(IfIndex interface, std::span<const Prefix> addresses, bool adopt,
                                            const AddressForm& form) {
    const auto actual = read_addresses(socket_, interface);
    if (!actual)
        return all_fail(addresses, interface, actual.error());
    const HoldPlan plan = plan_hold(addresses, *actual, adopt);
    std::vector<AddressFailure> failures;
    for (const Prefix& prefix : plan.foreign)
        failures.push_back(foreign(prefix, interface));
    if (failures.empty())
        failures = remove(interface, plan.remove);
    return failures.empty() ? add(interface, plan.add, form) : failures;
}

std::vector<AddressFailure> Addresses::reclaim(IfIndex interface, std::span<const Prefix> addresses,
                                               const AddressForm& form) {
    const auto actual = read_addresses(socket_, interface);
    if (!actual)
        return all_fail(addresses, interface, actual.error());
    return replace(interface, plan_reclaim(addresses, *actual), form);
}

std::vector<AddressFailure> Addresses::renew(IfIndex interface, std::span<const Prefix> addresses,
                                             const AddressForm& form) {
    return replace(interface, addresses, form);
}

std::vector<AddressFailure> Addresses::replace(IfIndex interface, std::span<const Prefix> addresses,
                                               const AddressForm& form) {
    std::vector<Message> requests;
    for (const Prefix& prefix : addresses)
        requests.push_back(request_to_have(NLM_F_REPLACE, interface, prefix, form));
    const auto answers = socket_.perform(requests);
    std::vector<AddressFailure> failures;
    for (std::size_t i = 0; i < answers.size(); ++i)
        if (answers[i])
            failures.push_back(refused(addresses[i], interface, *answers[i]));
    return failures;
}

std::vector<AddressFailure> Addresses::release(IfIndex interface, std::span<const Prefix> addresses) {
    const auto actual = read_addresses(socket_, interface);
    if (actual)
        return remove(interface, plan_release(addresses, *actual));
    if (actual.error().code == ENODEV)
        return {}; // the interface is gone, and its addresses with it
    return all_fail(addresses, interface, actual.error());
}

std::vector<AddressFailure> Addresses::sweep(IfIndex interface, std::span<const Prefix> keep) {
    const auto actual = read_addresses(socket_, interface);
    if (actual)
        return remove(interface, plan_sweep(keep, *actual));
    if (actual.error().code == ENODEV)
        return {};
    return {{Prefix{}, "left-over addresses on " + name_of(interface) + ": " + words(actual.error())}};
}

std::vector<AddressFailure> Addresses::in_the_way(IfIndex interface, std::span<const Prefix> addresses,
                                                  IfIndex holder) {
    const auto actual = read_addresses(socket_, interface);
    if (!actual)
        return all_fail(addresses, interface, actual.error());
    std::vector<AddressFailure> failures;
    for (const Prefix& prefix : plan_hold(addresses, *actual, false).foreign) {
        failures.push_back(foreign(prefix, interface));
        failures.back().text += ": with virtual_mac it stands on " + name_of(holder) +
                                " alone, the owner's too (" + name_of(interface) +
                                " needs another one to send adverts from)";
    }
    return failures;
}

std::vector<AddressFailure> Addresses::add(IfIndex interface, std::span<const Prefix> addresses,
                                           const AddressForm& form) {
    std::vector<Message> requests;
    for (const Prefix& prefix : addresses)
        requests.push_back(request_to_have(NLM_F_CREATE | NLM_F_EXCL, interface, prefix, form));
    const auto answers = socket_.perform(requests);
    std::vector<AddressFailure> failures;
    for (std::size_t i = 0; i < answers.size(); ++i) {
        if (!answers[i])
            continue;
        // Somebody was faster, between our look and our request.
        const bool exists = answers[i]->code == EEXIST;
        failures.push_back(exists ? foreign(addresses[i], interface)
                                  : refused(addresses[i], interface, *answers[i]));
    }
    return failures.empty() && !addresses.empty() ? require_mark(interface, addresses) : failures;
}

// Before Linux 5.18 the kernel takes an address and drops the mark: we could never remove it again. So the
// first address is looked at again; where its mark is lost, all go back at once, while we know them for ours.
std::vector<AddressFailure> Addresses::require_mark(IfIndex interface, std::span<const Prefix> addresses) {
    if (mark_is_kept_)
        return {};
    const auto actual = read_addresses(socket_, interface);
    if (!actual)
        return all_fail(addresses, interface, actual.error());
    if (plan_hold(addresses, *actual, false).foreign.empty()) {
        mark_is_kept_ = true;
        return {};
    }
    auto failures = all_fail(
        addresses, interface,
        {EOPNOTSUPP, "this kernel does not keep who added an address (IFA_PROTO); use Linux 5.18 or newer"});
    for (auto& each : remove(interface, addresses))
        failures.push_back(std::move(each));
    return failures;
}

std::vector<AddressFailure> Addresses::remove(IfIndex interface, std::span<const Prefix> addresses) {
    std::vector<Message> requests;
    for (const Prefix& prefix : addresses)
        requests.push_back(request_for(RTM_DELADDR, 0, interface, prefix));
    const auto answers = socket_.perform(requests);
    std::vector<AddressFailure> failures;
    for (std::size_t i = 0; i < answers.size(); ++i) {
        const bool gone = !answers[i] || answers[i]->code == EADDRNOTAVAIL || answers[i]->code == ENODEV;
        if (!gone)
            failures.push_back(failure(addresses[i], interface, words(*answers[i])));
    }
    return failures;
}

} // namespace baton::netlink
