#include "config/idle_keys.h"

#include "config/address.h"
#include "config/members.h"

namespace baton::config {
namespace {

class IdleKeys {
public:
    IdleKeys(const Pointer& at, Findings& findings) : at_(at), findings_(findings) {}

    void refuse(const Json& object, const char* key, std::string message) {
        if (find(object, key) != nullptr)
            findings_.push_back(
                {.pointer = (at_ / key).text(), .message = std::move(message), .about = Finding::About::key});
    }

private:
    Pointer at_;
    Findings& findings_;
};

} // namespace

void find_idle_keys(const Json& json, const vrrp::InstanceSettings& settings, Findings& findings) {
    const auto at = Pointer{} / "instances" / settings.name;
    const auto family = known_family(settings.addresses);
    const bool ipv4 = family == Family::ipv4;
    const bool ipv6 = family == Family::ipv6;
    IdleKeys keys(at, findings);
    if (settings.version == vrrp::Version::v2 || ipv6)
        keys.refuse(json, "checksum",
                    std::string(ipv6 ? "IPv6" : "VRRPv2") + " has one form of checksum; leave this out");
    if (settings.version == vrrp::Version::v3 && settings.password)
        keys.refuse(
            json, "authentication",
            "VRRPv3 has no password; sign the adverts with \"type\": \"hmac\", leave this out, or speak "
            "VRRPv2 with \"vrrp_version\": 2");
    if (ipv4)
        keys.refuse(json, "require_link_local_first", "this means nothing with IPv4 addresses; leave it out");
    if (!settings.virtual_mac)
        keys.refuse(json, "virtual_mac_interface",
                    "without \"virtual_mac\": true no interface is made; leave this out");
    if (find(json, "unicast") != nullptr)
        keys.refuse(json, "multicast_group",
                    "adverts go to the peers of \"unicast\" or to a group, not to both; leave one out");
    if (ipv6)
        IdleKeys(at / "announce", findings)
            .refuse(part(json, "announce"), "form", "IPv6 has one form of announcement; leave this out");
}

} // namespace baton::config
