// In which form a router sums its adverts (decision 005): in that of those who must understand it.
#include "vrrp/node.h"
#include "vrrp/notices.h"

#include <doctest/doctest.h>

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace baton::vrrp {
namespace {

using namespace std::chrono_literals;

constexpr IfIndex eth0{2};
constexpr IpAddress peer = IpAddress::v4(10, 0, 1, 9);
constexpr IpAddress keepalived = IpAddress::v4(10, 0, 1, 3);
constexpr auto pseudo = ChecksumForm::pseudo_header;
constexpr auto message_only = ChecksumForm::message_only;
constexpr std::array<std::uint8_t, 4> vip_octets{10, 0, 1, 100};

Settings one_instance(ChecksumMode mode, bool answer_lower_priority) {
    InstanceSettings instance;
    instance.name = "VI_1";
    instance.interface = "eth0";
    instance.vrid = Vrid{51};
    instance.priority = Priority{100};
    instance.addresses = {Prefix{IpAddress::v4(10, 0, 1, 100), 24}};
    instance.checksum = mode;
    instance.answer_lower_priority = answer_lower_priority;
    Settings settings;
    settings.instances = {instance};
    return settings;
}

/// A host with the address 10.0.1.2, just started as Backup.
struct Host {
    explicit Host(ChecksumMode mode = ChecksumMode::automatic, bool answer_lower_priority = true)
        : node(one_instance(mode, answer_lower_priority), Time{}) {
        feed(LinkChanged{"eth0", eth0, true, true});
        feed(AddressesChanged{eth0, {{Prefix{IpAddress::v4(10, 0, 1, 2), 24}, false}}});
        feed(Commanded{Command::startup});
    }

    void feed(const Event& event) {
        for (const auto& effect : node.handle(event, now)) {
            if (const auto* send = std::get_if<SendAdvert>(&effect)) {
                sent = send->advert.checksum_form;
                all_sent.push_back(*sent);
            }
            if (const auto* noticed = std::get_if<Noticed>(&effect))
                told += describe(noticed->notice) + "\n";
        }
    }

    void pass(Duration duration) {
        const auto until = now + duration;
        while (node.deadline() && *node.deadline() <= until) {
            now = *node.deadline();
            feed(Elapsed{});
        }
        now = until;
    }

    void hear(std::uint8_t priority, const IpAddress& source = peer,
              ChecksumForm form = ChecksumForm::message_only) {
        Advert advert;
        advert.vrid = Vrid{51};
        advert.priority = Priority{priority};
        advert.interval = 1s;
        advert.checksum_form = form;
        advert.addresses = AddressView(Family::ipv4, vip_octets);
        feed(AdvertReceived{eth0, source, multicast_group_v4, advert});
    }

    /// It yields to a router that leaves the pseudo-header out, and is heard for `seconds`.
    void yield_for(int seconds) {
        for (int i = 0; i < seconds; ++i) {
            hear(200);
            pass(1s);
        }
    }

    /// The form of the next advert it sends.
    std::optional<ChecksumForm> next_form() {
        sent.reset();
        while (!sent)
            pass(100ms);
        return sent;
    }

    Node node;
    Time now{};
    std::optional<ChecksumForm> sent;
    std::vector<ChecksumForm> all_sent;
    std::string told;
};

TEST_CASE("before anybody is heard it is the pseudo-header form") {
    CHECK(Host().next_form() == ChecksumForm::pseudo_header);
}

TEST_CASE("it sums as the router does that it yields to, when it takes over, and tells of it") {
    Host host;
    host.hear(200);
    host.pass(1s);
    host.hear(200);
    CHECK(host.told == "10.0.1.9 sums its adverts without a pseudo-header (RFC 9568)\n");
    CHECK(host.next_form() == ChecksumForm::message_only);
}

TEST_CASE("whose only advert made it yield may not have been there: the form known before counts again") {
    for (const bool while_active : {false, true}) {
        CAPTURE(while_active);
        Host host;
        if (while_active)
            host.pass(5s);
        host.hear(200);
        CHECK(host.next_form() == ChecksumForm::pseudo_header);
    }
}

TEST_CASE("whom it yields to while Active understands its last word") {
    Host host;
    CHECK(host.next_form() == ChecksumForm::pseudo_header);
    host.hear(200);
    CHECK(host.sent == ChecksumForm::message_only);
}

TEST_CASE("a single advert of a lower router changes nothing, nor does one now and then, or of many") {
    for (const bool while_active : {false, true}) {
        CAPTURE(while_active);
        Host host;
        if (while_active)
            host.pass(5s);
        host.hear(1);
        host.pass(8s); // longer than two of its Active_Down_Intervals of 3.996 s
        host.hear(1);
        host.hear(1, IpAddress::v4(10, 0, 1, 10));
        host.hear(1);
        host.hear(0);
        CHECK(host.next_form() == ChecksumForm::pseudo_header);
        CHECK(host.told.find("sums its adverts") == std::string::npos);
    }
}

TEST_CASE("the second advert in a row of a lower Active router counts, before it is answered") {
    for (const bool while_active : {false, true}) {
        CAPTURE(while_active);
        Host host;
        if (while_active)
            host.pass(5s);
        host.hear(1);
        host.pass(1s);
        host.hear(1);
        if (while_active)
            CHECK(host.sent == ChecksumForm::message_only);
        CHECK(host.next_form() == ChecksumForm::message_only);
    }
}

// keepalived takes no advert without a pseudo-header; and as Master it all but stops to advertise as long as
// it hears such ones. So what its first advert leads to has to be enough for it to yield.

TEST_CASE("a lower Active router is answered in its own form, and all others hear what they heard before") {
    for (const bool answer_lower_priority : {true, false}) {
        CAPTURE(answer_lower_priority);
        Host host(ChecksumMode::automatic, answer_lower_priority);
        host.pass(5s);
        host.all_sent.clear();
        host.hear(50);
        CHECK(host.all_sent == std::vector{message_only});
        CHECK(host.next_form() == pseudo);
    }
    Host chosen(ChecksumMode::rfc5798);
    chosen.pass(5s);
    chosen.hear(50);
    CHECK(chosen.sent == pseudo);
}

TEST_CASE("an answer in another form is not held up by one in ours, and has a limit of its own") {
    Host host;
    host.pass(5s);
    host.hear(50, keepalived, pseudo);
    host.all_sent.clear();
    host.hear(50);
    CHECK(host.all_sent == std::vector{message_only});
    host.hear(50, IpAddress::v4(10, 0, 1, 10));
    host.hear(50, keepalived, pseudo);
    CHECK(host.all_sent == std::vector{message_only});
}

TEST_CASE("who resigns is answered as everybody else is told") {
    Host host;
    host.pass(5s);
    host.hear(0);
    CHECK(host.sent == pseudo);
}

TEST_CASE(
    "a router that comes again after it yielded to an answer in its form is spoken to in it from then on") {
    Host host;
    host.pass(5s);
    host.hear(99); // at 1 s: it takes over again 3.613 s after the answer
    host.pass(3700ms);
    CHECK(host.next_form() == pseudo);
    host.hear(99);
    CHECK(host.next_form() == message_only);
}

TEST_CASE("a speaker of another form has gone: who takes the first form is heard, and comes back to it") {
    Host host;
    host.pass(5s);
    host.hear(50);
    host.pass(1s);
    host.hear(50);
    CHECK(host.next_form() == message_only); // and nobody says more in that form
    host.pass(3s);
    host.hear(90, keepalived, pseudo);
    CHECK(host.sent == pseudo); // it yields
    host.pass(3700ms);
    host.hear(90, keepalived, pseudo);
    for (int i = 0; i < 10; ++i)
        CHECK(host.next_form() == pseudo);
}

TEST_CASE(
    "it takes over with the pseudo-header if somebody needs that who was Active beside the one that went") {
    for (const auto last : {std::uint8_t{0}, std::uint8_t{200}}) { // it resigns, or dies
        CAPTURE(last);
        Host host;
        host.yield_for(3);
        host.hear(90, keepalived, pseudo); // takes no advert of that one
        host.yield_for(3);
        host.hear(last);
        CHECK(host.next_form() == pseudo);
    }
    Host resigned;
    resigned.yield_for(3);
    resigned.hear(90, keepalived, pseudo);
    resigned.hear(0, keepalived, pseudo); // gone
    resigned.yield_for(3);
    CHECK(resigned.next_form() == message_only);
    Host before;
    before.hear(90, keepalived, pseudo); // before there was that other one: it may well take its form
    before.yield_for(3);
    CHECK(before.next_form() == message_only);
}

TEST_CASE("a form that the operator chose stays, whoever is heard") {
    Host old(ChecksumMode::rfc5798);
    old.hear(200);
    CHECK(old.next_form() == ChecksumForm::pseudo_header);
    CHECK(Host(ChecksumMode::rfc9568).next_form() == ChecksumForm::message_only);
}

} // namespace
} // namespace baton::vrrp
