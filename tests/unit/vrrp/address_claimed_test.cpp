// Another host claims an address that is held here: told and counted, and nothing moves.
#include "vrrp/node.h"

#include <algorithm>
#include <doctest/doctest.h>

using namespace baton;
using namespace baton::vrrp;
using namespace std::chrono_literals;

namespace {

constexpr IfIndex eth0{2};
constexpr IfIndex eth1{3};
constexpr IfIndex vrrp4{4};
constexpr MacAddress stranger{{0x02, 0, 0, 0, 0, 0x09}};
constexpr MacAddress own{{0x02, 0, 0, 0, 0, 0x01}};
const Prefix vip{IpAddress::v4(10, 0, 1, 100), 24};
const Prefix elsewhere{IpAddress::v4(192, 0, 2, 9), 24};

Settings one_instance(bool virtual_mac) {
    InstanceSettings instance;
    instance.name = "VI_1";
    instance.interface = "eth0";
    instance.holder = virtual_mac ? "vrrp4-51" : "eth0";
    instance.virtual_mac = virtual_mac;
    instance.vrid = Vrid{51};
    instance.addresses = {vip};
    instance.excluded = {elsewhere};
    instance.elsewhere = {{elsewhere, "eth1"}};
    Settings settings;
    settings.instances = {instance};
    return settings;
}

struct Host {
    explicit Host(bool virtual_mac = false) : node(one_instance(virtual_mac), Time{}) {
        feed(LinkChanged{"eth0", eth0, true, true, own});
        feed(LinkChanged{"eth1", eth1, true, true});
        feed(LinkChanged{"vrrp4-51", vrrp4, true, false});
        feed(AddressesChanged{eth0, {{Prefix{IpAddress::v4(10, 0, 1, 2), 24}, false}}});
        feed(Commanded{Command::startup});
    }

    void become_active() {
        now = *node.deadline();
        feed(Elapsed{});
        REQUIRE(view().state == State::active);
    }

    /// Active for so long that nobody who was so before answers any more.
    void settle() {
        become_active();
        now += 1s;
    }

    /// What is told.
    std::vector<std::string> feed(const Event& event) {
        const auto effects = node.handle(event, now);
        std::vector<std::string> told;
        for (const auto& effect : effects)
            if (const auto* noticed = std::get_if<Noticed>(&effect))
                told.push_back(describe(noticed->notice));
        return told;
    }

    std::vector<std::string> claim(IfIndex interface, const Prefix& address,
                                   const MacAddress& mac = stranger) {
        return feed(AddressClaimed{interface, address.address, mac});
    }

    InstanceView view() const { return node.snapshot(now).instances.front(); }

    std::uint64_t claims() const {
        const auto counters = view().counters;
        return std::find_if(counters.begin(), counters.end(),
                            [](const auto& one) { return one.first == "address_claims"; })
            ->second;
    }

    Time now{};
    Node node;
};

} // namespace

TEST_CASE("a claim of another host is told once a minute, and each is counted") {
    Host host;
    host.settle();
    const auto told = host.claim(eth0, vip);
    REQUIRE(told.size() == 1);
    CHECK(told.front() ==
          "another host, with the MAC address 02:00:00:00:00:09, says that it has 10.0.1.100, which "
          "this node holds: who hears it sends there; find out whose MAC address that is");
    const auto at = host.now;
    for (int i = 0; i < 100; ++i)
        CHECK(host.claim(eth0, vip).empty());
    CHECK(host.claim(eth1, elsewhere).size() == 1); // of another address
    CHECK(host.claims() == 102);
    host.now = at + 61s;
    const auto again = host.claim(eth0, vip);
    REQUIRE(again.size() == 1);
    CHECK(again.front().ends_with("(and 100 more since this was last told)"));

    const auto view = host.view();
    CHECK(view.state == State::active);
    REQUIRE(view.last_claim);
    CHECK(view.last_claim->address == vip.address);
    CHECK(view.last_claim->mac == stranger);
    CHECK(view.last_claim->at == host.now);
}

TEST_CASE("no claim: by whoever was Active until just now and still answers") {
    Host host;
    host.become_active();
    CHECK(host.claim(eth0, vip).empty());
    host.now += 999ms;
    CHECK(host.claim(eth0, vip).empty());
    CHECK(host.claims() == 0);
    host.now += 1ms;
    CHECK(host.claim(eth0, vip).size() == 1);
}

TEST_CASE("the last claim goes with the address") {
    Host host;
    host.settle();
    (void)host.claim(eth0, vip);
    auto settings = one_instance(false);
    settings.instances.front().priority = Priority{101};
    host.feed(Reconfigured{settings});
    CHECK(host.view().last_claim);
    settings.instances.front().addresses = {Prefix{IpAddress::v4(10, 0, 1, 101), 24}};
    host.feed(Reconfigured{settings});
    CHECK(host.view().state == State::active);
    CHECK_FALSE(host.view().last_claim);
}

TEST_CASE("a virtual MAC address's addresses are claimed on the link below") {
    Host host(true);
    host.settle();
    CHECK(host.claim(eth0, vip).size() == 1);
    CHECK(host.claim(vrrp4, vip).empty());
    CHECK(host.claims() == 1);
}

TEST_CASE("no claim: of what is not held there, of what is not held now, and this host's own words") {
    Host host;
    CHECK(host.claim(eth0, vip).empty()); // the Active router, perhaps
    CHECK(host.claims() == 0);
    host.settle();
    CHECK(host.claim(eth1, vip).empty());
    CHECK(host.claim(eth0, elsewhere).empty());
    CHECK(host.claim(eth0, Prefix{IpAddress::v4(10, 0, 1, 2), 24}).empty());
    CHECK(host.claim(eth0, vip, own).empty());
    CHECK(host.claims() == 0);
    host.feed(Commanded{Command::shutdown});
    CHECK(host.claim(eth0, vip).empty()); // the successor
    CHECK(host.claims() == 0);
    CHECK_FALSE(host.view().last_claim);
}
