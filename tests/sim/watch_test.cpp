// The watch must see each broken promise: effects a wrong core might ask for are put before it by hand.
#include "tests/sim/watch.h"

#include <doctest/doctest.h>

using namespace baton;
using namespace baton::sim;
using namespace std::chrono_literals;
using vrrp::State;

namespace {

constexpr IfIndex eth0{2};
constexpr vrrp::InstanceId first{0};
constexpr IpAddress primary = IpAddress::v4(10, 0, 1, 2);

const vrrp::LinkChanged link_up{"eth0", eth0, true, true};
const vrrp::AddressesChanged addresses{eth0, {{{primary, 24}}}};

vrrp::Settings one_router(vrrp::Priority priority = vrrp::Priority{100}) {
    vrrp::Settings settings;
    auto& instance = settings.instances.emplace_back();
    instance.name = "VI_1";
    instance.interface = "eth0";
    instance.vrid = vrrp::Vrid{51};
    instance.priority = priority;
    instance.addresses = {{IpAddress::v4(10, 0, 1, 100), 24}};
    return settings;
}

/// A watch with words for what a core could do; times are since the start.
struct Stage {
    vrrp::Settings settings = one_router();
    vrrp::Node node{settings, Time{}};
    Kernel kernel{{{"eth0", eth0, true, {}}}};
    Watch watch{"a", settings, Time{}, 0ns};
    std::uint64_t number{0};

    void transition(State from, State to, Duration at,
                    vrrp::Reason::Code code = vrrp::Reason::Code::startup) {
        vrrp::Transitioned effect{first, from, to, {}, vrrp::Priority{100}, ++number};
        effect.reason.code = code;
        watch.performed(effect, Time{at});
    }
    void hold(Duration at) {
        watch.performed(vrrp::HoldAddresses{first, eth0, settings.instances.front().addresses, false},
                        Time{at});
    }
    void release(Duration at) {
        watch.performed(vrrp::ReleaseAddresses{first, eth0, settings.instances.front().addresses}, Time{at});
    }
    void announce(Duration at) {
        watch.performed(vrrp::Announce{first, eth0, settings.instances.front().addresses}, Time{at});
    }
    void send(int priority, Duration at, Duration interval = 1s) {
        const vrrp::Advert advert{vrrp::Vrid{51},
                                  vrrp::Priority{static_cast<std::uint8_t>(priority)},
                                  interval,
                                  vrrp::ChecksumForm::pseudo_header,
                                  {}};
        watch.performed(vrrp::SendAdvert{first, eth0, primary, vrrp::multicast_group_v4, advert}, Time{at});
    }
    void end_of_step(Duration at) { watch.after(vrrp::Elapsed{}, node, kernel, false, Time{at}); }

    /// Up to Backup with a running timer, which ends at 3.609375 s.
    void begin() {
        watch.before(link_up);
        watch.before(addresses);
        (void)node.handle(link_up, Time{});
        (void)node.handle(addresses, Time{});
        (void)node.handle(vrrp::Commanded{vrrp::Command::startup}, Time{});
        transition(State::initialize, State::backup, 0s);
        watch.after(vrrp::Commanded{vrrp::Command::startup}, node, kernel, false, Time{});
    }
    void take_over() {
        hold(3609375us);
        send(100, 3609375us);
        transition(State::backup, State::active, 3609375us, vrrp::Reason::Code::active_down_timer);
    }
};

} // namespace

#define CHECK_BROKEN(expression, promise)                                                                    \
    CHECK_THROWS_WITH_AS(expression, doctest::Contains(promise), Violation)

TEST_CASE("an orderly takeover breaks no promise") {
    Stage stage;
    CHECK_NOTHROW(stage.begin());
    CHECK_NOTHROW(stage.take_over());
    CHECK_NOTHROW(stage.announce(3609375us));
    CHECK_NOTHROW(stage.send(100, 4609375us));
}

TEST_CASE("speaking without the address") {
    Stage stage;
    stage.begin();
    CHECK_BROKEN(stage.announce(1s), "only held addresses are announced");
    CHECK_BROKEN(stage.send(100, 1s), "whoever advertises has the addresses");
    CHECK_BROKEN(stage.send(0, 1s), "priority 0 is sent on leaving Active only");
}

TEST_CASE("taking over too early or too late") {
    Stage early;
    early.begin();
    CHECK_BROKEN(early.transition(State::backup, State::active, 3609374us), "fires at 3.609375, not before");
    Stage late;
    late.begin();
    CHECK_BROKEN(late.transition(State::backup, State::active, 3609376us), "fires at 3.609375, not later");
}

TEST_CASE("transitions that do not follow each other") {
    Stage stage;
    stage.begin();
    CHECK_BROKEN(stage.transition(State::active, State::backup, 1s), "starts where the last one ended");
    stage.number = 0;
    CHECK_BROKEN(stage.transition(State::backup, State::fault, 1s), "numbers of transitions grow");
}

TEST_CASE("addresses kept or lost") {
    Stage kept;
    kept.begin();
    kept.hold(1s);
    CHECK_BROKEN(kept.end_of_step(1s), "if and only if the router is Active");
    Stage lost;
    lost.begin();
    lost.take_over();
    lost.release(4s);
    CHECK_BROKEN(lost.end_of_step(4s), "if and only if the router is Active");
}

TEST_CASE("adverts that are late, wrong, too many, or after resigning") {
    Stage stage;
    stage.begin();
    stage.take_over();
    CHECK_BROKEN(stage.send(101, 4s), "effective priority 100");
    CHECK_BROKEN(stage.send(100, 4s, 2s), "our own interval");
    CHECK_BROKEN(stage.send(100, 5s), "advertises every interval");
    const auto storm = [&stage] {
        for (int i = 0; i < 20; ++i)
            stage.send(100, 4s + i * 1ms);
    };
    CHECK_BROKEN(storm(), "one in a tenth of the interval");
    stage.watch.before(vrrp::Commanded{vrrp::Command::shutdown});
    stage.send(0, 5s);
    CHECK_BROKEN(stage.send(100, 5s), "a router that resigned");
}

TEST_CASE("a frozen Active router that speaks first") {
    Stage stage;
    stage.begin();
    stage.take_over();
    stage.watch.stalled();
    CHECK_BROKEN(stage.send(100, 9s), "frozen lets go before");
    CHECK_BROKEN(stage.announce(9s), "frozen lets go before");
    CHECK_NOTHROW(stage.release(9s));
}

TEST_CASE("taking part in spite of a fault") {
    Stage stage;
    stage.begin();
    stage.watch.before(vrrp::LinkChanged{"eth0", eth0, true, false});
    CHECK_BROKEN(stage.end_of_step(1s), "with a fault takes no part");

    Stage without_address;
    without_address.begin();
    without_address.watch.before(vrrp::AddressesChanged{eth0, {}});
    CHECK_BROKEN(without_address.end_of_step(1s), "with a fault takes no part");
}

TEST_CASE("an advert from another address than the primary one") {
    Stage stage;
    stage.begin();
    stage.take_over();
    const IpAddress replaced = IpAddress::v4(10, 0, 1, 3);
    stage.watch.before(vrrp::AddressesChanged{eth0, {{{replaced, 24}}}});
    CHECK_BROKEN(stage.send(100, 4609375us), "from the primary address");
}

TEST_CASE("giving way to a lower router before its time is up") {
    auto settings = one_router();
    settings.instances.front().preempt_delay = 3s;
    Stage stage{settings};
    stage.begin();
    const vrrp::Advert lower{vrrp::Vrid{51}, vrrp::Priority{50}, 1s, vrrp::ChecksumForm::message_only, {}};
    const vrrp::AdvertReceived heard{eth0, IpAddress::v4(10, 0, 1, 9), vrrp::multicast_group_v4, lower};
    stage.watch.before(heard);
    stage.watch.after(heard, stage.node, stage.kernel, false, Time{2s}); // heard, so it runs to 5.609375 s
    stage.hold(3609375us);
    CHECK_BROKEN(stage.transition(State::backup, State::active, 3609375us), "not before");
}

TEST_CASE("a snapshot that tells another story") {
    Stage stage; // its node never started, but the watch was told it did
    stage.watch.before(link_up);
    stage.watch.before(addresses);
    stage.transition(State::initialize, State::backup, 0s);
    CHECK_BROKEN(stage.end_of_step(0s), "the snapshot shows the state that was told");
}
