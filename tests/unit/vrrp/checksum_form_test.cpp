// In which form a router sums its adverts (decision 005): in that of those who must understand it.
#include "vrrp/node.h"
#include "vrrp/notices.h"

#include <doctest/doctest.h>

#include <array>
#include <optional>
#include <string>

namespace baton::vrrp {
namespace {

using namespace std::chrono_literals;

constexpr IfIndex eth0{2};
constexpr IpAddress peer = IpAddress::v4(10, 0, 1, 9);
constexpr std::array<std::uint8_t, 4> vip_octets{10, 0, 1, 100};

Settings one_instance(ChecksumMode mode) {
    InstanceSettings instance;
    instance.name = "VI_1";
    instance.interface = "eth0";
    instance.vrid = Vrid{51};
    instance.priority = Priority{100};
    instance.addresses = {Prefix{IpAddress::v4(10, 0, 1, 100), 24}};
    instance.checksum = mode;
    Settings settings;
    settings.instances = {instance};
    return settings;
}

/// A host with the address 10.0.1.2, just started as Backup.
struct Host {
    explicit Host(ChecksumMode mode = ChecksumMode::automatic) : node(one_instance(mode), Time{}) {
        feed(LinkChanged{"eth0", eth0, true, true});
        feed(AddressesChanged{eth0, {{Prefix{IpAddress::v4(10, 0, 1, 2), 24}, false}}});
        feed(Commanded{Command::startup});
    }

    void feed(const Event& event) {
        for (const auto& effect : node.handle(event, now)) {
            if (const auto* send = std::get_if<SendAdvert>(&effect))
                sent = send->advert.checksum_form;
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

    void hear(std::uint8_t priority, const IpAddress& source = peer) {
        Advert advert;
        advert.vrid = Vrid{51};
        advert.priority = Priority{priority};
        advert.interval = 1s;
        advert.checksum_form = ChecksumForm::message_only;
        advert.addresses = AddressView(Family::ipv4, vip_octets);
        feed(AdvertReceived{eth0, source, multicast_group_v4, advert});
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
        host.pass(4s); // longer than its Active_Down_Interval of 3.996 s
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

TEST_CASE("a form that the operator chose stays, whoever is heard") {
    Host old(ChecksumMode::rfc5798);
    old.hear(200);
    CHECK(old.next_form() == ChecksumForm::pseudo_header);
    CHECK(Host(ChecksumMode::rfc9568).next_form() == ChecksumForm::message_only);
}

} // namespace
} // namespace baton::vrrp
