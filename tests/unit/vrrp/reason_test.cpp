#include "vrrp/reason.h"

#include "vrrp/notices.h"

#include <doctest/doctest.h>
#include <set>

using namespace baton;
using namespace baton::vrrp;

TEST_CASE("each reason has a code of its own and words without an end mark") {
    std::set<std::string> codes;
    for (int i = 0; i <= static_cast<int>(Reason::Code::shutdown_handover); ++i) {
        Reason reason;
        reason.code = static_cast<Reason::Code>(i);
        reason.subject = "haproxy";
        CHECK(codes.insert(to_string(reason.code)).second);
        REQUIRE_FALSE(describe(reason).empty());
        CHECK(describe(reason).back() != '.');
    }
}

TEST_CASE("each fault has a name of its own and says what it is about") {
    std::set<std::string> names;
    for (int i = 0; i <= static_cast<int>(Fault::Kind::tracked_interface_down); ++i) {
        const Fault fault{static_cast<Fault::Kind>(i), "eth7"};
        CHECK(names.insert(to_string(fault.kind)).second);
        CHECK(describe(fault).find("eth7") != std::string::npos);
    }
}

TEST_CASE("the words carry the figures") {
    Reason reason;
    reason.code = Reason::Code::active_down_timer;
    reason.interval = std::chrono::microseconds(3'609'375);
    reason.own_priority = Priority{100};
    CHECK(describe(reason) == "no advert to yield to for 3609.375 ms (Active_Down_Interval at priority 100)");

    reason.late = std::chrono::milliseconds(1500);
    CHECK(describe(reason) ==
          "no advert to yield to for 3609.375 ms (Active_Down_Interval at priority 100); this "
          "process looked 1500 ms late, so its own delay may be the cause");

    reason.code = Reason::Code::higher_priority;
    reason.peer = IpAddress::v4(10, 0, 1, 2);
    reason.peer_priority = Priority{101};
    CHECK(describe(reason) == "10.0.1.2 advertises priority 101, above our 100");
}

TEST_CASE("each reason to refuse an advert has a sentence of its own") {
    std::set<std::string> sentences;
    for (std::size_t i = 0; i < reject_count; ++i) {
        const auto text = describe(refusal(static_cast<Reject>(i), IpAddress::v4(10, 0, 1, 3)));
        CHECK(text.size() > std::string("refused an advert from 10.0.1.3: ").size());
        CHECK(sentences.insert(text).second);
    }
}
