#include "tests/fuzz/node_adverts.h"

#include "tests/fuzz/node_settings.h"

#include <set>

namespace baton::fuzz {

using namespace std::chrono_literals;
using namespace vrrp;

namespace {

std::vector<std::uint8_t> octets_of(const InstanceSettings& instance) {
    std::vector<std::uint8_t> octets;
    for (const auto& prefix : instance.addresses)
        octets.insert(octets.end(), prefix.address.bytes().begin(), prefix.address.bytes().end());
    return octets;
}

Priority priority_from(Input& input, Priority ours) {
    switch (input.below(6)) {
    case 0:
        return ours;
    case 1:
        return Priority{0};
    case 2:
        return Priority{static_cast<std::uint8_t>(ours.value + 1)};
    case 3:
        return Priority{static_cast<std::uint8_t>(ours.value - 1)};
    case 4:
        return owner;
    default:
        return Priority{input.byte()};
    }
}

Duration interval_from(Input& input, const InstanceSettings& instance, Version version) {
    if (!input.one_in(3))
        return version == instance.version ? instance.advert_interval : Duration(1s);
    if (version == Version::v2)
        return 1s * input.byte(); // 0 as well: nothing in version 2 but the comparison refuses that
    return 10ms * (1 + input.word() % 4095);
}

IpAddress source_from(Input& input, const InstanceSettings& instance,
                      const std::optional<IpAddress>& primary) {
    const auto choice = input.below(4);
    if (choice == 3 && primary)
        return *primary;
    const bool link_local = instance.unicast.peers.empty() || instance.unicast.peers[0].is_link_local();
    return host_address(instance.family(), instance.interface, choice == 1 ? lesser_host : greater_host,
                        link_local);
}

IpAddress destination_from(Input& input, const InstanceSettings& instance,
                           const std::optional<IpAddress>& primary) {
    const auto group = instance.group.value_or(multicast_group(instance.family()));
    const auto here = primary.value_or(host_address(instance.family(), instance.interface, this_host));
    const auto usual = instance.unicast.peers.empty() ? group : here;
    if (!input.one_in(5))
        return usual;
    return input.flag() ? multicast_group(instance.family()) : here;
}

/// The list of the instance, or one that differs: less, doubled, in another order.
std::vector<std::uint8_t> list_from(Input& input, const InstanceSettings& instance) {
    auto octets = octets_of(instance);
    const auto size = address_size(instance.family());
    if (!input.one_in(4))
        return octets;
    if (input.flag() && octets.size() > size)
        octets.resize(octets.size() - size);
    std::rotate(octets.begin(), octets.end() - static_cast<std::ptrdiff_t>(size), octets.end());
    if (input.flag())
        octets[octets.size() - 1] ^= input.byte();
    return octets;
}

Authentication authentication_from(Input& input, const InstanceSettings& instance) {
    Authentication proof;
    if (instance.password)
        proof = {simple_password, *instance.password};
    if (input.one_in(5))
        proof.type = static_cast<std::uint8_t>(input.below(4));
    if (input.one_in(5))
        proof.data[input.below(8)] ^= input.byte();
    return proof;
}

bool same_set(const AddressView& heard, const InstanceSettings& instance) {
    std::set<IpAddress> theirs;
    for (std::size_t i = 0; i < heard.size(); ++i)
        theirs.insert(heard[i]);
    std::set<IpAddress> ours;
    for (const auto& prefix : instance.addresses)
        ours.insert(prefix.address);
    return theirs == ours && heard.size() == ours.size();
}

bool proven(const Advert& advert, const InstanceSettings& instance) {
    if (!instance.password)
        return advert.authentication.type == 0;
    return advert.authentication.type == 1 && advert.authentication.data == *instance.password;
}

bool came_the_right_way(const AdvertReceived& event, const InstanceSettings& instance) {
    const auto& unicast = instance.unicast;
    if (unicast.peers.empty())
        return event.destination == instance.group.value_or(multicast_group(instance.family()));
    const bool from_peer = std::count(unicast.peers.begin(), unicast.peers.end(), event.source) > 0;
    return !event.destination.is_multicast() && event.hop_limit >= unicast.minimum_hop_limit &&
           (from_peer || !unicast.check_source);
}

} // namespace

DrawnAdvert advert_from(Input& input, const InstanceSettings& instance,
                        const std::optional<IpAddress>& primary, IfIndex index) {
    DrawnAdvert drawn;
    auto& [interface, source, destination, advert, hop_limit] = drawn.event;
    interface = index;
    source = source_from(input, instance, primary);
    destination = destination_from(input, instance, primary);
    hop_limit = destination.is_multicast() || !input.one_in(4) ? 255 : std::uint8_t(254 - input.below(2));
    const bool other_version = instance.family() == Family::ipv4 && input.one_in(8);
    advert.version = other_version == (instance.version == Version::v3) ? Version::v2 : Version::v3;
    advert.vrid = input.one_in(16) ? Vrid{input.byte()} : instance.vrid;
    advert.priority = priority_from(input, instance.priority);
    advert.interval = interval_from(input, instance, advert.version);
    if (advert.version == Version::v2)
        advert.authentication = authentication_from(input, instance);
    const bool can_differ = advert.version == Version::v3 && instance.family() == Family::ipv4;
    advert.checksum_form =
        can_differ && input.flag() ? ChecksumForm::message_only : ChecksumForm::pseudo_header;
    drawn.octets = list_from(input, instance);
    advert.addresses = AddressView(instance.family(), drawn.octets);
    return drawn;
}

bool must_take(const AdvertReceived& event, const InstanceSettings& instance,
               const std::optional<IpAddress>& primary) {
    const auto& advert = event.advert;
    if (primary == event.source || advert.version != instance.version || advert.vrid != instance.vrid)
        return false;
    if (!came_the_right_way(event, instance))
        return false;
    if (instance.version == Version::v2 &&
        (!proven(advert, instance) || advert.interval != instance.advert_interval))
        return false;
    if (instance.family() == Family::ipv6 && instance.require_link_local_first &&
        !advert.addresses[0].is_link_local())
        return false;
    return instance.address_list == AddressListCheck::report || advert.priority == owner ||
           same_set(advert.addresses, instance);
}

} // namespace baton::fuzz
