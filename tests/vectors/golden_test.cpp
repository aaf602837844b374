// Golden packets: bytes beside the value they mean or the reason why they are refused, both directions.
//
// golden.json has the receivers and one packet a line. The plain ones are byte for byte what keepalived 2.2.7
// and 2.4.3 and FRR 8.4.4 put on the wire; the others vary one field of them (RFC 9568 section 5.2, RFC 3768
// section 5.3, RFC 2338 section 5.3.6). A packet goes the whole way: decode(), then a Node, then its
// counters.
#include "vrrp/node.h"

#include "packets.h"

#include <doctest/doctest.h>

#include <fstream>
#include <map>
#include <set>

using namespace baton;
using namespace baton::vrrp;
using namespace baton::testing;

namespace {

constexpr IfIndex lan{2};

const Json& golden() {
    static const Json all = Json::parse(std::ifstream("tests/vectors/golden.json"));
    return all;
}

const Json& golden_packets() { return golden()["packets"]; }

Password password_of(const std::string& text) {
    Password password{};
    std::copy(text.begin(), text.end(), password.begin());
    return password;
}

InstanceSettings settings_of(const Json& receiver) {
    InstanceSettings instance;
    instance.name = "VI_1";
    instance.interface = "eth0";
    instance.version = static_cast<Version>(receiver["version"].get<int>());
    instance.vrid = Vrid{receiver["vrid"]};
    for (const auto& text : receiver["addresses"])
        instance.addresses.push_back({address(text), 24});
    if (receiver.contains("password"))
        instance.password = password_of(receiver["password"]);
    for (const auto& peer : receiver.value("unicast_peers", Json::array()))
        instance.unicast.peers.push_back(address(peer));
    if (receiver.value("address_list", "report") == "refuse")
        instance.address_list = AddressListCheck::refuse;
    return instance;
}

/// The router the packet comes to: priority 100, 1 s, in Backup.
Node receiver_of(const Json& packet) {
    const auto& receiver = golden()["receivers"][packet["receiver"].get<std::string>()];
    Settings settings;
    settings.instances.push_back(settings_of(receiver));
    Node node(settings, Time{});
    const InterfaceAddress primary{{address(receiver["primary"]), 24}};
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

Datagram datagram_of(const Json& packet, const std::vector<std::uint8_t>& payload) {
    return {lan, address(packet["source"]), address(packet["destination"]), packet["hop_limit"], payload};
}

Counts expected_counts(const Json& packet) {
    if (packet["expect"] != "ok")
        return {{"rejected_" + packet["expect"].get<std::string>(), 1}};
    const auto& advert = packet["advert"];
    Counts counts{{"adverts_received", 1}};
    if (advert["version"] == 3 && address(packet["source"]).family() == Family::ipv4)
        counts["checksum_" + advert["form"].get<std::string>()] = 1;
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
        (void)node.handle(heard(datagram_of(packet, payload)), Time{});
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
        (void)node.handle(heard(datagram_of(packet, payload)), Time{});
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
        const auto advert = decode(datagram_of(packet, payload));
        REQUIRE(advert.has_value());
        const auto& fields = packet["advert"];
        CHECK(static_cast<int>(advert->version) == fields["version"]);
        CHECK(advert->vrid.value == fields["vrid"]);
        CHECK(advert->priority.value == fields["priority"]);
        CHECK(advert->interval == std::chrono::milliseconds(fields["interval_ms"].get<int>()));
        CHECK(advert->checksum_form == form_of(fields));
        CHECK(hex_of(advert->addresses.octets()) == hex_of(octets_of(fields["addresses"])));
        if (advert->version == Version::v2) {
            CHECK(advert->authentication.type == fields["authentication_type"]);
            CHECK(hex_of(advert->authentication.data) == fields["authentication"]);
        }
    }
}

TEST_CASE(
    "the fields of a golden packet encode to its bytes, in both versions, families and checksum forms") {
    std::set<std::string> kinds;
    for (const auto& packet : golden_packets()) {
        if (packet["expect"] != "ok" || packet.contains("reserved_bits"))
            continue;
        CAPTURE(packet["name"].get<std::string>());
        const auto& fields = packet["advert"];
        const auto octets = octets_of(fields["addresses"]);
        const auto source = address(packet["source"]);
        Advert advert;
        advert.version = static_cast<Version>(fields["version"].get<int>());
        advert.vrid = Vrid{fields["vrid"]};
        advert.priority = Priority{fields["priority"]};
        advert.interval = std::chrono::milliseconds(fields["interval_ms"].get<int>());
        advert.checksum_form = form_of(fields);
        advert.addresses = AddressView(source.family(), octets);
        if (advert.version == Version::v2) {
            const auto data = bytes_of(fields["authentication"]);
            advert.authentication.type = fields["authentication_type"];
            std::copy(data.begin(), data.end(), advert.authentication.data.begin());
        }
        std::array<std::uint8_t, max_advert_size> buffer{};
        const auto message = encode(advert, source, address(packet["destination"]), buffer);
        CHECK(hex_of(message) == packet["payload"].get<std::string>());
        kinds.insert(packet["receiver"].get<std::string>() + " " + fields["form"].get<std::string>());
    }
    CHECK(kinds.contains("v3 message_only"));
    CHECK(kinds.contains("v3 pseudo_header"));
    CHECK(kinds.contains("v3_ipv6 pseudo_header"));
    CHECK(kinds.contains("v2 message_only"));
    CHECK(kinds.contains("v2_password message_only"));
}

TEST_CASE("a router sends the golden advert of its kind, byte for byte") {
    // Receiver, its peer's address as its own, and the packet it must then put on the wire when it takes
    // over.
    for (const char* name : {"v3_ipv4_1addr_pseudo", "v3_ipv4_3addr_pseudo", "v3_ipv6_ll_global", "v2_noauth",
                             "v2_noauth_3addr", "v2_pass_secret"}) {
        CAPTURE(std::string(name));
        const auto found = std::find_if(golden_packets().begin(), golden_packets().end(),
                                        [&](const Json& packet) { return packet["name"] == name; });
        REQUIRE(found != golden_packets().end());
        const auto& packet = *found;
        Settings settings;
        settings.instances.push_back(
            settings_of(golden()["receivers"][packet["receiver"].get<std::string>()]));
        settings.instances.front().priority = Priority{packet["advert"]["priority"]};
        Node node(settings, Time{});
        (void)node.handle(LinkChanged{"eth0", lan, true, true}, Time{});
        (void)node.handle(AddressesChanged{lan, {{{address(packet["source"]), 24}}}}, Time{});
        (void)node.handle(Commanded{Command::startup}, Time{});
        std::vector<SendAdvert> sent;
        for (const auto& effect : node.handle(Elapsed{}, *node.deadline()))
            if (const auto* send = std::get_if<SendAdvert>(&effect))
                sent.push_back(*send);
        REQUIRE(sent.size() == 1);
        std::array<std::uint8_t, max_advert_size> buffer{};
        const auto message = encode(sent[0].advert, sent[0].source, sent[0].destination, buffer);
        CHECK(hex_of(message) == packet["payload"].get<std::string>());
        CHECK(sent[0].destination == address(packet["destination"]));
        CHECK(sent[0].hop_limit == packet["hop_limit"]);
    }
}

TEST_CASE("every reason to refuse an advert is reached by some golden packet") {
    // No packet has this one, as a kernel delivers hardly any: node_test.cpp and
    // tests/netns/test_injection.py.
    std::set<std::string> reached{to_string(Reject::source)};
    const auto with_signatures = Json::parse(std::ifstream("tests/vectors/signed.json"));
    for (const auto* packets : {&golden_packets(), &with_signatures["packets"]})
        for (const auto& packet : *packets)
            reached.insert(packet["expect"].get<std::string>());
    for (std::size_t i = 0; i < reject_count; ++i) {
        const std::string name = to_string(static_cast<Reject>(i));
        CHECK_MESSAGE(reached.contains(name), "no golden packet is refused for " << name);
    }
}

TEST_CASE("every type but 1 and every version but 2 and 3 is refused") {
    const auto& packet = golden_packets().front();
    for (int first = 0; first < 256; ++first) {
        if (first == 0x31 || first == 0x21) // the second reads it as version 2, and finds it too short
            continue;
        auto payload = bytes_of(packet["payload"]);
        payload[0] = static_cast<std::uint8_t>(first);
        const auto advert = decode(datagram_of(packet, payload));
        REQUIRE_FALSE(advert.has_value());
        CHECK(advert.error() == (first >> 4 == 3 || first >> 4 == 2 ? Reject::type : Reject::version));
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
            const auto advert = decode(datagram_of(packet, cut));
            REQUIRE_FALSE(advert.has_value());
            CHECK(advert.error() == (size < header_size ? Reject::too_short : Reject::length));
        }
    }
}

TEST_CASE("any single flipped bit of a golden packet is noticed") {
    for (const auto& packet : golden_packets()) {
        if (packet["expect"] != "ok")
            continue;
        CAPTURE(packet["name"].get<std::string>());
        const auto whole = bytes_of(packet["payload"]);
        for (std::size_t bit = 0; bit < 8 * whole.size(); ++bit) {
            auto flipped = whole;
            flipped[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
            CHECK_FALSE(decode(datagram_of(packet, flipped)).has_value());
        }
    }
}
