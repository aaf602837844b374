// Streams of adverts, sent and received: they keep their beat, cost no memory, and reach whom they are for.
#include "vrrp/node.h"

#include <doctest/doctest.h>

#include <array>
#include <cstdlib>
#include <new>

using namespace baton;
using namespace baton::vrrp;
using namespace std::chrono_literals;

// Counted for the whole program; only this file looks at it.
namespace {
std::size_t allocations = 0; // NOLINT: what operator new counts in must be global
} // namespace

// NOLINTBEGIN: the replaceable functions of [new.delete]
[[gnu::noinline]] void* operator new(std::size_t size) {
    ++allocations;
    if (void* memory = std::malloc(size))
        return memory;
    throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
// NOLINTEND

namespace {

constexpr IfIndex eth0{2};
constexpr auto peer = IpAddress::v4(10, 0, 1, 3);
constexpr auto peer6 = IpAddress::v6({0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3});
constexpr auto vip = IpAddress::v4(10, 0, 1, 100);
constexpr auto vip6 = IpAddress::v6({0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0});

InstanceSettings instance_of(const IpAddress& address) {
    InstanceSettings instance;
    instance.name = address.family() == Family::ipv4 ? "V4" : "V6";
    instance.interface = "eth0";
    instance.vrid = Vrid{51};
    instance.addresses = {{address, 24}};
    return instance;
}

/// Taking part since time 0, with an address of its own in each family.
Node started(const Settings& settings) {
    Node node(settings, Time{});
    const auto own6 = IpAddress::v6({0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2});
    (void)node.handle(LinkChanged{"eth0", eth0, true, true}, Time{});
    (void)node.handle(AddressesChanged{eth0, {{{IpAddress::v4(10, 0, 1, 2), 24}}, {{own6, 64}}}}, Time{});
    (void)node.handle(Commanded{Command::startup}, Time{});
    return node;
}

Settings alone(const IpAddress& address) {
    Settings settings;
    settings.instances = {instance_of(address)};
    return settings;
}

std::size_t adverts_in(const Effects& effects) {
    std::size_t count = 0;
    for (const auto& effect : effects)
        count += std::holds_alternative<SendAdvert>(effect) ? 1 : 0;
    return count;
}

AdvertReceived advert(Priority priority, const IpAddress& from, const IpAddress& address) {
    Advert said{Vrid{51}, priority, 1s, ChecksumForm::pseudo_header, {}};
    said.addresses = AddressView(address.family(), address.bytes()); // views the constants above
    return {eth0, from, multicast_group(address.family()), said};
}

std::uint64_t counter(const Node& node, std::size_t instance, const std::string& name) {
    const auto snapshot = node.snapshot(Time{});
    for (const auto& [key, count] : snapshot.instances[instance].counters)
        if (key == name)
            return count;
    FAIL("no counter " << name);
    return 0;
}

} // namespace

TEST_CASE("adverts do not drift, however late each deadline is looked at") {
    auto node = started(alone(vip));
    Time now = *node.deadline();
    REQUIRE(adverts_in(node.handle(Elapsed{}, now)) == 1);
    const Time first = now;
    std::size_t sent = 0;
    for (unsigned i = 0; sent < 1000; ++i) {
        now = *node.deadline() + std::chrono::microseconds(i * 7919 % 20'000); // up to 20 ms late
        sent += adverts_in(node.handle(Elapsed{}, now));
    }
    CHECK(now - first >= 1000s);
    CHECK(now - first < 1000s + 20ms);
}

TEST_CASE(
    "ten thousand lesser adverts a second get ten answers, and take none of the regular adverts' places") {
    auto node = started(alone(vip));
    Time now = *node.deadline();
    REQUIRE(adverts_in(node.handle(Elapsed{}, now)) == 1);
    const Time first = now;
    std::size_t answers = 0;
    std::size_t regular = 0;
    while (now < first + 10s) {
        now += 100us;
        answers += adverts_in(node.handle(advert(Priority{1}, peer, vip), now));
        if (*node.deadline() <= now)
            regular += adverts_in(node.handle(Elapsed{}, now));
    }
    CHECK(answers >= 95);
    CHECK(answers <= 101);
    CHECK(regular == 10);
}

TEST_CASE("one VRID in both families on one interface: two routers that never hear each other's adverts") {
    Settings settings;
    settings.instances = {instance_of(vip), instance_of(vip6)};
    auto node = started(settings);
    (void)node.handle(advert(Priority{200}, peer, vip), Time{1s});
    CHECK(counter(node, 0, "adverts_received") == 1);
    CHECK(counter(node, 1, "adverts_received") == 0);
    (void)node.handle(advert(Priority{201}, peer6, vip6), Time{2s});
    CHECK(counter(node, 0, "adverts_received") == 1);
    CHECK(counter(node, 1, "adverts_received") == 1);
    const auto snapshot = node.snapshot(Time{2s});
    CHECK(snapshot.instances[0].active_router == peer);
    CHECK(snapshot.instances[1].active_router == peer6);
}

TEST_CASE("neither an advert that is refused nor one that a Backup takes costs memory") {
    auto node = started(alone(vip));
    const auto good = advert(Priority{200}, peer, vip);
    auto bad = good;
    bad.destination = IpAddress::v4(10, 0, 1, 2);
    std::array<std::uint8_t, max_advert_size> buffer{};
    const auto message = encode(good.advert, good.source, good.destination, buffer);
    const Datagram datagram{eth0, good.source, good.destination, 255, message};
    (void)node.handle(good, Time{1s}); // the first of each kind is told
    (void)node.handle(bad, Time{1s});

    const auto before = allocations;
    ::operator delete(::operator new(1));
    REQUIRE(allocations == before + 1); // the count counts
    for (int i = 0; i < 1000; ++i) {
        (void)node.handle(heard(datagram), Time{1s});
        (void)node.handle(bad, Time{1s});
    }
    CHECK(allocations == before + 1);
    CHECK(counter(node, 0, "adverts_received") == 1001);
    CHECK(counter(node, 0, "rejected_destination") == 1001);
}
