// Signed packets: octets beside the key and number they were signed with, or the reason why they are refused.
//
// signed.json has one packet a line. The first two are what a running keepalived 2.4.3 takes and refuses; the
// others were made by another program than ours, which makes the first one as well. All are for VRID 10 and
// go the whole way: decode(), then the Verifier, then a Node.
#include "auth/verifier.h"
#include "vrrp/node.h"

#include "../unit/scratch.h"
#include "packets.h"

#include <set>

using namespace baton;
using namespace baton::vrrp;
using namespace baton::testing;
using namespace std::chrono_literals;

namespace {

const Json& all() {
    static const Json read = Json::parse(std::ifstream("tests/vectors/signed.json"));
    return read;
}

auth::WallTime now() { return auth::WallTime(std::chrono::seconds(all()["now"].get<int>())); }

/// The moment in which the clock gives out that number, as long as its counter is 0.
auth::WallTime moment_of(std::uint64_t number) {
    const auto fraction = static_cast<std::int64_t>(number >> 16 & 0xffff);
    return auth::WallTime(std::chrono::seconds(number >> 32) +
                          std::chrono::nanoseconds((fraction * 1'000'000'000 + 65'535) / 65'536));
}

struct Router {
    Scratch scratch;
    std::optional<auth::Verifier> verifier;

    explicit Router(std::uint8_t active) {
        std::string text;
        for (const auto& [id, hex] : all()["keys"].items()) {
            const auto line = id + " hex:" + hex.get<std::string>() + "\n";
            text = id == std::to_string(active) ? line + text : text + line; // the first one signs
        }
        auto ring = auth::KeyRing::parse(text, "keys");
        REQUIRE(ring.has_value());
        auto opened = auth::Verifier::open({auth::Mode::enforce, {}, scratch.path("marks")}, *ring);
        REQUIRE(opened.has_value());
        verifier.emplace(std::move(*opened));
    }
};

Reject reject_of(auth::Refusal refusal) {
    switch (refusal) {
    case auth::Refusal::missing:
        return Reject::authentication_missing;
    case auth::Refusal::malformed:
        return Reject::authentication_malformed;
    case auth::Refusal::unknown_key:
        return Reject::authentication_unknown_key;
    case auth::Refusal::stale:
        return Reject::authentication_stale;
    case auth::Refusal::invalid:
        return Reject::authentication_invalid;
    case auth::Refusal::replay:
        return Reject::authentication_replay;
    }
    return Reject::authentication_invalid;
}

/// As the daemon does it: read what is there, then ask whether it is to be believed.
Event authenticated(const Datagram& datagram, std::uint8_t version, auth::Verifier& verifier) {
    const auto trailer = auth::trailer_in(datagram.payload, version, datagram.source.family());
    auto event = heard(datagram, trailer);
    if (!std::holds_alternative<AdvertReceived>(event))
        return event;
    const auto verdict = verifier.verify(datagram.payload, version, 10, datagram.source, now());
    if (verdict)
        return event;
    return refused(datagram, reject_of(verdict.error()));
}

Event event_of(const Json& packet, const std::vector<std::uint8_t>& payload, auth::Verifier& verifier) {
    const auto source = address(packet["source"]);
    return authenticated({IfIndex{2}, source, multicast_group(source.family()), 255, payload},
                         packet["version"].get<std::uint8_t>(), verifier);
}

/// "ok", or the reason's name.
std::string outcome_of(const Event& event) {
    const auto* rejected = std::get_if<AdvertRejected>(&event);
    return rejected != nullptr ? to_string(rejected->reason) : "ok";
}

Node node_for(const Json& packet) {
    InstanceSettings instance;
    instance.name = "VI_1";
    instance.interface = "eth0";
    instance.version = static_cast<Version>(packet["version"].get<int>());
    instance.vrid = Vrid{10};
    for (const auto& text : packet["addresses"])
        instance.addresses.push_back({address(text), 24});
    Settings settings;
    settings.instances.push_back(instance);
    Node node(settings, Time{});
    const bool ipv6 = address(packet["source"]).family() == Family::ipv6;
    const InterfaceAddress primary{{*IpAddress::parse(ipv6 ? "fe80::10" : "192.0.2.10"), 24}};
    (void)node.handle(LinkChanged{"eth0", IfIndex{2}, true, true}, Time{});
    (void)node.handle(AddressesChanged{IfIndex{2}, {primary}}, Time{});
    (void)node.handle(Commanded{Command::startup}, Time{});
    return node;
}

std::uint64_t count_of(const Node& node, const std::string& name) {
    const auto snapshot = node.snapshot(Time{});
    for (const auto& [counter, count] : snapshot.instances.front().counters)
        if (counter == name)
            return count;
    return 0;
}

Advert advert_of(const Json& packet, std::span<const std::uint8_t> octets) {
    Advert advert;
    advert.version = static_cast<Version>(packet["version"].get<int>());
    advert.vrid = Vrid{10};
    advert.priority = Priority{100};
    advert.interval = 1s;
    if (packet.value("form", "") == "message_only")
        advert.checksum_form = ChecksumForm::message_only;
    advert.addresses = AddressView(address(packet["source"]).family(), octets);
    return advert;
}

} // namespace

TEST_CASE("each signed packet is taken or refused as it must be, and counted so") {
    for (const auto& packet : all()["packets"]) {
        CAPTURE(packet["name"].get<std::string>());
        Router receiver(1);
        if (packet.contains("before")) {
            const auto before = bytes_of(packet["before"]);
            CHECK(outcome_of(event_of(packet, before, *receiver.verifier)) == "ok");
        }
        const auto payload = bytes_of(packet["payload"]);
        const auto event = event_of(packet, payload, *receiver.verifier);
        const auto expected = packet["expect"].get<std::string>();
        CHECK(outcome_of(event) == expected);
        auto node = node_for(packet);
        (void)node.handle(event, Time{});
        CHECK(count_of(node, expected == "ok" ? "adverts_received" : "rejected_" + expected) == 1);
    }
}

TEST_CASE("key, number and fields of a signed packet make its octets") {
    std::set<std::string> kinds;
    for (const auto& packet : all()["packets"]) {
        if (packet["expect"] != "ok" || packet.contains("before"))
            continue;
        CAPTURE(packet["name"].get<std::string>());
        Router sender(packet["key"]);
        const auto octets = octets_of(packet["addresses"]);
        const auto source = address(packet["source"]);
        const auto& group = multicast_group(source.family());
        std::array<std::uint8_t, max_advert_size> buffer{};
        const auto message = encode(advert_of(packet, octets), source, group, buffer);
        const auto number = std::stoull(packet["sequence"].get<std::string>(), nullptr, 16);
        const auto trailer = sender.verifier->sign(message, packet["version"].get<std::uint8_t>(), 10, source,
                                                   moment_of(number));
        REQUIRE(trailer.has_value());
        const auto whole = append_trailer(*trailer, message.size(), source, group, buffer);
        CHECK(hex_of(whole) == packet["payload"].get<std::string>());
        kinds.insert(packet["name"].get<std::string>());
    }
    for (const char* kind : {"v3_ipv4_keepalived_hmac", "v3_ipv6", "v2", "v3_ipv4_key_of_64"})
        CHECK(kinds.contains(kind));
}

TEST_CASE("both sides mean the same size by a trailer") { CHECK(auth::trailer_size == vrrp::trailer_size); }
