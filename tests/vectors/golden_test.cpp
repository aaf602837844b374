// Golden packets: bytes beside the value they mean or the reason why they are refused, both directions.
//
// golden-v3-ipv4.json has one packet a line. The plain ones are byte for byte what keepalived 2.2.7 and 2.4.3
// and FRR 8.4.4 put on the wire in these forms; the others vary one field of them (RFC 9568 section 5.2). A
// packet goes the whole way: decode(), then a Node, then its counters.
#include "vrrp/node.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <map>
#include <set>

using namespace baton;
using namespace baton::vrrp;
using Json = nlohmann::json;

namespace {

constexpr IfIndex lan{2};

const Json& golden_packets() {
    static const Json packets = Json::parse(std::ifstream("tests/vectors/golden-v3-ipv4.json"));
    return packets;
}

IpAddress address(const Json& text) { return *IpAddress::parse(text.get<std::string>()); }

std::vector<std::uint8_t> bytes_of(const std::string& hex) {
    std::vector<std::uint8_t> bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
        bytes.push_back(static_cast<std::uint8_t>(std::stoi(hex.substr(i, 2), nullptr, 16)));
    return bytes;
}

std::string hex_of(std::span<const std::uint8_t> bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string hex;
    for (const auto byte : bytes) {
        hex += digits[byte >> 4];
        hex += digits[byte & 0xf];
    }
    return hex;
}

std::vector<std::uint8_t> octets_of(const Json& addresses) {
    std::vector<std::uint8_t> octets;
    for (const auto& text : addresses) {
        const auto one = address(text);
        octets.insert(octets.end(), one.bytes().begin(), one.bytes().end());
    }
    return octets;
}

/// The router the packet comes to: VRID 10, priority 100, 1 s, primary address 192.0.2.10, in Backup.
Node receiver_of(const Json& packet) {
    InstanceSettings instance;
    instance.name = "VI_1";
    instance.interface = "eth0";
    instance.vrid = Vrid{10};
    for (const auto& text : packet["receiver_addresses"])
        instance.addresses.push_back({address(text), 24});
    Settings settings;
    settings.instances.push_back(instance);
    Node node(settings, Time{});
    const InterfaceAddress primary{{IpAddress::v4(192, 0, 2, 10), 24}, false};
    (void)node.handle(LinkChanged{"eth0", lan, true, true}, Time{});
    (void)node.handle(AddressesChanged{lan, {primary}}, Time{});
    (void)node.handle(Commanded{Command::startup}, Time{});
    REQUIRE(node.snapshot(Time{}).instances.front().state == State::backup);
    return node;
}

using Counts = std::map<std::string, std::uint64_t>;

/// All counters, of the instance and of the host, that are not 0.
Counts counts_of(const Node& node) {
    Counts counts;
    const auto snapshot = node.snapshot(Time{});
    for (const auto* list : {&snapshot.counters, &snapshot.instances.front().counters})
        for (const auto& [name, count] : *list)
            if (count != 0)
                counts[name] += count;
    return counts;
}

/// What the receive path of the daemon does with a datagram.
void feed(Node& node, const Datagram& datagram) {
    const auto advert = decode(datagram);
    if (advert)
        (void)node.handle(AdvertReceived{lan, datagram.source, datagram.destination, *advert}, Time{});
    else
        (void)node.handle(AdvertRejected{lan, datagram.source, peek_vrid(datagram.payload), advert.error()},
                          Time{});
}

Counts expected_counts(const Json& packet) {
    if (packet["expect"] != "ok")
        return {{"rejected_" + packet["expect"].get<std::string>(), 1}};
    const auto form = packet["advert"]["form"].get<std::string>();
    Counts counts{{"adverts_received", 1}, {"checksum_" + form, 1}};
    if (packet.contains("also_counts"))
        counts[packet["also_counts"].get<std::string>()] = 1;
    return counts;
}

ChecksumForm form_of(const Json& advert) {
    return advert["form"] == "message_only" ? ChecksumForm::message_only : ChecksumForm::pseudo_header;
}

} // namespace

TEST_CASE("each golden packet raises exactly the counters it must") {
    for (const auto& packet : golden_packets()) {
        CAPTURE(packet["name"].get<std::string>());
        const auto payload = bytes_of(packet["payload"]);
        auto node = receiver_of(packet);
        feed(node,
             {lan, address(packet["source"]), address(packet["destination"]), packet["hop_limit"], payload});
        CHECK(counts_of(node) == expected_counts(packet));
    }
}

TEST_CASE("a refused golden packet moves neither state nor timer") {
    for (const auto& packet : golden_packets()) {
        if (packet["expect"] == "ok")
            continue;
        CAPTURE(packet["name"].get<std::string>());
        const auto payload = bytes_of(packet["payload"]);
        auto node = receiver_of(packet);
        const auto before = node.deadline();
        feed(node,
             {lan, address(packet["source"]), address(packet["destination"]), packet["hop_limit"], payload});
        const auto after = node.snapshot(Time{}).instances.front();
        CHECK(node.deadline() == before);
        CHECK(after.state == State::backup);
        CHECK(after.active_adver_interval == std::chrono::seconds(1));
        CHECK_FALSE(after.active_router.has_value());
    }
}

TEST_CASE("an accepted golden packet decodes to its fields") {
    for (const auto& packet : golden_packets()) {
        if (packet["expect"] != "ok")
            continue;
        CAPTURE(packet["name"].get<std::string>());
        const auto payload = bytes_of(packet["payload"]);
        const auto advert = decode(
            {lan, address(packet["source"]), address(packet["destination"]), packet["hop_limit"], payload});
        REQUIRE(advert.has_value());
        const auto& fields = packet["advert"];
        CHECK(advert->vrid.value == fields["vrid"]);
        CHECK(advert->priority.value == fields["priority"]);
        CHECK(advert->interval == std::chrono::milliseconds(fields["interval_ms"].get<int>()));
        CHECK(advert->checksum_form == form_of(fields));
        CHECK(hex_of(advert->addresses.octets()) == hex_of(octets_of(fields["addresses"])));
    }
}

TEST_CASE("the fields of a golden packet encode to its bytes, in both checksum forms") {
    std::set<std::string> forms;
    for (const auto& packet : golden_packets()) {
        if (packet["expect"] != "ok" || packet.contains("reserved_bits"))
            continue;
        CAPTURE(packet["name"].get<std::string>());
        const auto& fields = packet["advert"];
        const auto octets = octets_of(fields["addresses"]);
        const Advert advert{Vrid{fields["vrid"]}, Priority{fields["priority"]},
                            std::chrono::milliseconds(fields["interval_ms"].get<int>()), form_of(fields),
                            AddressView(Family::ipv4, octets)};
        std::array<std::uint8_t, max_advert_size> buffer{};
        const auto message =
            encode(advert, address(packet["source"]), address(packet["destination"]), buffer);
        CHECK(hex_of(message) == packet["payload"].get<std::string>());
        forms.insert(fields["form"].get<std::string>());
    }
    CHECK(forms == std::set<std::string>{"message_only", "pseudo_header"});
}

TEST_CASE("every reason to refuse an advert is reached by some golden packet") {
    std::set<std::string> reached;
    for (const auto& packet : golden_packets())
        reached.insert(packet["expect"].get<std::string>());
    for (std::size_t i = 0; i < reject_count; ++i) {
        const std::string name = to_string(static_cast<Reject>(i));
        CHECK_MESSAGE(reached.contains(name), "no golden packet is refused for " << name);
    }
}

TEST_CASE("every type but 1 and every version but 3 is refused") {
    const auto& packet = golden_packets().front();
    for (int first = 0; first < 256; ++first) {
        if (first == 0x31)
            continue;
        auto payload = bytes_of(packet["payload"]);
        payload[0] = static_cast<std::uint8_t>(first);
        const auto advert =
            decode({lan, address(packet["source"]), address(packet["destination"]), 255, payload});
        REQUIRE_FALSE(advert.has_value());
        CHECK(advert.error() == (first >> 4 == 3 ? Reject::type : Reject::version));
    }
}

TEST_CASE("every truncation of a golden packet is refused") {
    for (const auto& packet : golden_packets()) {
        if (packet["expect"] != "ok")
            continue;
        CAPTURE(packet["name"].get<std::string>());
        const auto whole = bytes_of(packet["payload"]);
        for (std::size_t size = 0; size < whole.size(); ++size) {
            const std::vector<std::uint8_t> cut(whole.begin(),
                                                whole.begin() + static_cast<std::ptrdiff_t>(size));
            const auto advert =
                decode({lan, address(packet["source"]), address(packet["destination"]), 255, cut});
            REQUIRE_FALSE(advert.has_value());
            CHECK(advert.error() == (size < header_size ? Reject::too_short : Reject::length));
        }
    }
}
