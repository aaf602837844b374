#include "netlink/interface_settings.h"

#include "netlink/inet_conf.h"
#include "netlink/sysctl.h"
#include "netlink/words.h"

#include <cerrno>
#include <linux/ip.h>

namespace baton::netlink {

namespace {

struct Known {
    Family family;
    const char* name;
    int id; ///< IPV4_DEVCONF_*; none for IPv6
};

Known known(Setting setting) {
    switch (setting) {
    case Setting::arp_announce:
        return {Family::ipv4, "arp_announce", IPV4_DEVCONF_ARP_ANNOUNCE};
    case Setting::arp_ignore:
        return {Family::ipv4, "arp_ignore", IPV4_DEVCONF_ARP_IGNORE};
    case Setting::rp_filter:
        return {Family::ipv4, "rp_filter", IPV4_DEVCONF_RP_FILTER};
    case Setting::accept_dad:
        return {Family::ipv6, "accept_dad", 0};
    case Setting::accept_ra:
        return {Family::ipv6, "accept_ra", 0};
    case Setting::autoconf:
        return {Family::ipv6, "autoconf", 0};
    case Setting::disable_ipv6:
        return {Family::ipv6, "disable_ipv6", 0};
    case Setting::forwarding_ipv6:
        return {Family::ipv6, "forwarding", 0};
    case Setting::router_solicitations:
        return {Family::ipv6, "router_solicitations", 0};
    }
    __builtin_unreachable();
}

std::string directory_of(IfIndex interface) {
    return interface == all_interfaces ? "all" : name_of(interface);
}

bool by_netlink(IfIndex interface, const Known& setting) {
    return setting.family == Family::ipv4 && interface != all_interfaces;
}

Error failed(IfIndex interface, const Known& setting, const std::string& step, const Refusal& refusal) {
    const std::string name = sysctl_name(setting.family, directory_of(interface), setting.name);
    std::string why = words(refusal);
    if (refusal.code == EROFS)
        why = "/proc/sys is mounted read-only; mount it writable, or make the setting from outside this "
              "container";
    else if (refusal.code == ENOENT)
        why = "there is no such setting; the interface is gone, or IPv6 is switched off in this kernel";
    return {name + " " + step + ": " + why};
}

} // namespace

bool InterfaceSettings::does_ipv6(IfIndex interface) {
    const Known any = known(Setting::disable_ipv6);
    const auto value = read_sysctl(any.family, directory_of(interface), any.name);
    return value || value.error().code != ENOENT;
}

Result<int, Error> InterfaceSettings::read(IfIndex interface, Setting setting) {
    const Known which = known(setting);
    const auto value = by_netlink(interface, which)
                           ? read_inet_conf(socket_, interface, which.id)
                           : read_sysctl(which.family, directory_of(interface), which.name);
    if (!value)
        return failed(interface, which, "cannot be read", value.error());
    return *value;
}

Result<void, Error> InterfaceSettings::write(IfIndex interface, Setting setting, int value) {
    const Known which = known(setting);
    const auto refused = by_netlink(interface, which)
                             ? write_inet_conf(socket_, interface, which.id, value)
                             : write_sysctl(which.family, directory_of(interface), which.name, value);
    if (refused)
        return failed(interface, which, "cannot be set to " + std::to_string(value), *refused);
    return {};
}

} // namespace baton::netlink
