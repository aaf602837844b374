#include "config/difference_keys.h"

#include <algorithm>
#include <tuple>

namespace baton::config {
namespace {

using vrrp::InstanceSettings;

/// An instance with what stands beside the core's settings.
struct Whole {
    const InstanceSettings& core;
    const SignedInstance* signature;
    const HostSettings& host;
};

bool names(const std::vector<Prefix>& addresses, const Prefix& prefix) {
    return std::find(addresses.begin(), addresses.end(), prefix) != addresses.end();
}

struct Key {
    const char* name;
    bool (*same)(const Whole&, const Whole&);
};

template <auto member>
bool same(const Whole& a, const Whole& b) {
    return a.core.*member == b.core.*member;
}

bool same_authentication(const Whole& a, const Whole& b) {
    if (a.core.password != b.core.password || (a.signature == nullptr) != (b.signature == nullptr))
        return false;
    const auto values = [](const SignedInstance& one) {
        return std::tie(one.keys, one.mode, one.freshness, one.window);
    };
    return a.signature == nullptr || values(*a.signature) == values(*b.signature);
}

/// Its default name follows from other keys, and is not told twice.
bool same_holder(const Whole& a, const Whole& b) {
    return a.core.holder == b.core.holder || a.core.virtual_mac != b.core.virtual_mac ||
           a.core.vrid != b.core.vrid;
}

/// An address with where it stands and how it is shown; those of one list.
bool same_addresses(const Whole& a, const Whole& b, std::vector<Prefix> InstanceSettings::*list) {
    const auto places = [&](const Whole& whole) {
        auto entries = whole.core.elsewhere;
        std::erase_if(entries, [&](const auto& one) { return !names(whole.core.*list, one.address); });
        return entries;
    };
    const auto looks = [&](const Whole& whole) {
        auto entries = whole.host.looks;
        std::erase_if(entries, [&](const auto& one) { return !names(whole.core.*list, one.address); });
        return entries;
    };
    return a.core.*list == b.core.*list && places(a) == places(b) && looks(a) == looks(b);
}

bool same_advertised(const Whole& a, const Whole& b) {
    return same_addresses(a, b, &InstanceSettings::addresses);
}

bool same_excluded(const Whole& a, const Whole& b) {
    return same_addresses(a, b, &InstanceSettings::excluded);
}

/// Its default follows from other keys, and is not told twice.
bool same_lease(const Whole& a, const Whole& b) {
    return a.host.lease == b.host.lease || a.core.advert_interval != b.core.advert_interval ||
           a.core.adopts_addresses() != b.core.adopts_addresses();
}

template <auto member>
bool same_for_host(const Whole& a, const Whole& b) {
    return a.host.*member == b.host.*member;
}

constexpr Key keys[] = {
    {"interface", same<&InstanceSettings::interface>},
    {"vrid", same<&InstanceSettings::vrid>},
    {"vrrp_version", same<&InstanceSettings::version>},
    {"priority", same<&InstanceSettings::priority>},
    {"advert_interval", same<&InstanceSettings::advert_interval>},
    {"preempt", same<&InstanceSettings::preempt>},
    {"preempt_delay", same<&InstanceSettings::preempt_delay>},
    {"addresses", same_advertised},
    {"excluded_addresses", same_excluded},
    {"lease", same_lease},
    {"accept", same_for_host<&HostSettings::accept>},
    {"routes", same_for_host<&HostSettings::routes>},
    {"rules", same_for_host<&HostSettings::rules>},
    {"track", same<&InstanceSettings::track>},
    {"hooks", same_for_host<&HostSettings::hooks>},
    {"announce", same<&InstanceSettings::announce>},
    {"authentication", same_authentication},
    {"unicast", same<&InstanceSettings::unicast>},
    {"multicast_group", same<&InstanceSettings::group>},
    {"source_address", same<&InstanceSettings::source>},
    {"virtual_mac", same<&InstanceSettings::virtual_mac>},
    {"virtual_mac_interface", same_holder},
    {"checksum", same<&InstanceSettings::checksum>},
    {"address_list", same<&InstanceSettings::address_list>},
    {"require_link_local_first", same<&InstanceSettings::require_link_local_first>},
    {"answer_lower_priority", same<&InstanceSettings::answer_lower_priority>},
    {"prompt_takeover", same<&InstanceSettings::prompt_takeover>},
};

Whole whole(const Config& config, const InstanceSettings& instance) {
    const auto& all = config.settings.instances;
    const auto place = static_cast<std::uint32_t>(&instance - all.data());
    const auto signature =
        std::find_if(config.signatures.begin(), config.signatures.end(),
                     [&](const SignedInstance& one) { return one.instance == vrrp::InstanceId{place}; });
    return {instance, signature == config.signatures.end() ? nullptr : &*signature, config.host[place]};
}

} // namespace

std::vector<std::string> different_keys(const Config& before, const InstanceSettings& was,
                                        const Config& after, const InstanceSettings& is) {
    std::vector<std::string> different;
    const auto a = whole(before, was);
    const auto b = whole(after, is);
    for (const auto& key : keys)
        if (!key.same(a, b))
            different.emplace_back(key.name);
    return different;
}

std::vector<std::string> instance_keys() {
    std::vector<std::string> names;
    for (const auto& key : keys)
        names.emplace_back(key.name);
    return names;
}

} // namespace baton::config
