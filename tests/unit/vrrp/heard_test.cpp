// What a router shows of the adverts that it does not go by: `batonctl why` lives off it.
#include "vrrp/node.h"

#include <array>
#include <doctest/doctest.h>

using namespace baton;
using namespace baton::vrrp;
using namespace std::chrono_literals;

namespace {

constexpr IfIndex eth0{2};
constexpr auto peer = IpAddress::v4(10, 0, 1, 3);
constexpr std::array<std::uint8_t, 4> vip{10, 0, 1, 100};

InstanceSettings instance() {
    InstanceSettings settings;
    settings.name = "VI_1";
    settings.interface = "eth0";
    settings.vrid = Vrid{51};
    settings.priority = Priority{100};
    settings.addresses = {{IpAddress::v4(10, 0, 1, 100), 24}};
    return settings;
}

/// Taking part since time 0, as Backup.
struct Host {
    explicit Host(const InstanceSettings& settings = instance()) : node({0s, 0, {}, {settings}, {}}, Time{}) {
        (void)node.handle(LinkChanged{"eth0", eth0, true, true}, Time{});
        (void)node.handle(AddressesChanged{eth0, {{{IpAddress::v4(10, 0, 1, 2), 24}}}}, Time{});
        (void)node.handle(Commanded{Command::startup}, Time{});
        CHECK(view().state == State::backup);
    }

    void hear(Priority priority, const IpAddress& from, Time now) {
        const Advert advert{Vrid{51}, priority, 1s, ChecksumForm::pseudo_header,
                            AddressView(Family::ipv4, vip)};
        (void)node.handle(AdvertReceived{eth0, from, multicast_group_v4, advert}, now);
    }

    [[nodiscard]] InstanceView view() const { return node.snapshot(Time{}).instances.front(); }

    Node node;
};

} // namespace

TEST_CASE("the last advert that was refused is shown, with the reason that is counted") {
    Host host;
    CHECK_FALSE(host.view().last_refused);
    (void)host.node.handle(AdvertRejected{eth0, peer, {Vrid{51}, Version::v3}, Reject::checksum}, Time{1s});
    auto shown = host.view().last_refused;
    REQUIRE(shown);
    CHECK(shown->reason_code == "checksum");
    CHECK(shown->reason == "its checksum is wrong");
    CHECK(shown->source == peer);
    CHECK(shown->at == Time{1s});

    // What decode() had nothing against, the router may refuse.
    host.hear(Priority{200}, IpAddress::v4(10, 0, 1, 2), Time{2s});
    (void)host.node.handle(AdvertRejected{eth0, peer, {Vrid{52}, Version::v3}, Reject::type},
                           Time{3s}); // no one's
    host.hear(Priority{200}, peer, Time{3s});
    shown = host.view().last_refused;
    CHECK(shown->reason_code == "own_source");
    CHECK(shown->at == Time{2s});
    // Read by the wrong rules, as of another version.
    (void)host.node.handle(AdvertRejected{eth0, peer, {Vrid{51}, Version::v2}, Reject::checksum}, Time{4s});
    CHECK(host.view().last_refused->reason_code == "version");
}

TEST_CASE("a lower Active router that is preempted is shown as last heard, until another one or a takeover") {
    Host host;
    host.hear(Priority{90}, peer, Time{1s});
    CHECK(host.view().active_router == peer);
    CHECK(host.view().active_router_priority == Priority{90});
    CHECK(host.view().preempted_heard == Time{1s});
    const auto deadline = host.view().deadline;
    host.hear(Priority{91}, peer, Time{2s});
    CHECK(host.view().preempted_heard == Time{2s});
    CHECK(host.view().deadline == deadline); // T9: that restarts nothing

    host.hear(Priority{200}, IpAddress::v4(10, 0, 1, 4), Time{2s});
    CHECK(host.view().active_router == IpAddress::v4(10, 0, 1, 4));
    CHECK_FALSE(host.view().preempted_heard);
    host.hear(Priority{90}, peer, Time{3s}); // later than that one
    CHECK(host.view().active_router == peer);
    host.hear(resigning, peer, Time{3s + 1ms});
    CHECK(host.view().active_router_priority == resigning);
    CHECK_FALSE(host.view().preempted_heard);
    host.hear(Priority{90}, peer, Time{3s + 2ms});
    (void)host.node.handle(Elapsed{}, *host.view().deadline);
    CHECK(host.view().state == State::active);
    CHECK_FALSE(host.view().preempted_heard);
}

TEST_CASE("who is Active beside it is shown for this reign, unless it resigns") {
    Host host;
    (void)host.node.handle(Elapsed{}, *host.view().deadline);
    const Time began = host.view().since;
    REQUIRE(host.view().state == State::active);
    host.hear(Priority{90}, peer, began + 500ms); // it may just be yielding
    CHECK_FALSE(host.view().rival);
    host.hear(Priority{90}, peer, began + 1500ms);
    host.hear(Priority{80}, peer, began + 2s);
    REQUIRE(host.view().rival);
    CHECK(host.view().rival->address == peer);
    CHECK(host.view().rival->priority == Priority{80});
    CHECK(host.view().rival->heard == began + 2s);
    CHECK(host.view().rival->silent == began + 2s + 3s + 687500us); // its Active_Down_Interval
    host.hear(resigning, IpAddress::v4(10, 0, 1, 4), began + 2s);
    CHECK(host.view().rival);
    host.hear(resigning, peer, began + 2s);
    CHECK_FALSE(host.view().rival);
    host.hear(Priority{80}, peer, began + 2s);
    host.hear(Priority{200}, peer, began + 2s);
    CHECK_FALSE(host.view().rival);
}

TEST_CASE("in fault nobody is heard any more") {
    Host host;
    host.hear(Priority{90}, peer, Time{1s});
    (void)host.node.handle(LinkChanged{"eth0", eth0, true, false}, Time{1s});
    CHECK(host.view().state == State::fault);
    CHECK_FALSE(host.view().active_router);
    CHECK_FALSE(host.view().preempted_heard);
}

TEST_CASE("without preemption a lower Active router is one to yield to") {
    auto settings = instance();
    settings.preempt = false;
    Host host(settings);
    host.hear(Priority{90}, peer, Time{1s});
    CHECK(host.view().active_router == peer);
    CHECK_FALSE(host.view().preempted_heard);
}

TEST_CASE("while its preempt delay lasts, a Backup tells its end, and yields to a lower Active router") {
    CHECK_FALSE(Host().view().preempts_from);
    auto settings = instance();
    settings.preempt_delay = 10s;
    Host host(settings);
    CHECK(host.view().preempts_from == Time{10s});
    host.hear(Priority{90}, peer, Time{9s});
    CHECK(host.view().active_router_priority == Priority{90});
    CHECK_FALSE(host.view().preempted_heard);
    host.hear(Priority{90}, peer, Time{10s});
    CHECK(host.view().preempted_heard == Time{10s});
    (void)host.node.handle(Elapsed{}, *host.view().deadline);
    CHECK(host.view().state == State::active);
    CHECK_FALSE(host.view().preempts_from);
}
