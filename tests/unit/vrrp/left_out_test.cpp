// Which effects of an instance are left out after its addresses could not be held.
#include "vrrp/left_out.h"

#include <doctest/doctest.h>

using namespace baton;
using namespace baton::vrrp;

namespace {

constexpr InstanceId one{0};
constexpr InstanceId other{1};

LeftOut after_refusal() {
    LeftOut left_out;
    left_out.after({one, EffectKind::hold_addresses, "no"});
    return left_out;
}

} // namespace

TEST_CASE("who is left out can be told apart") {
    const auto left_out = after_refusal();
    std::vector<InstanceId> instances{one, other};
    std::erase_if(instances, [&](InstanceId instance) { return left_out.has(instance); });
    CHECK(instances == std::vector{other});
}

TEST_CASE("who could not take its addresses tells nobody that it has") {
    auto left_out = after_refusal();
    CHECK(left_out.has(HoldAddresses{one, IfIndex{2}, {}}));
    CHECK(left_out.has(SendAdvert{one, IfIndex{2}, {}, {}, {}}));
    CHECK(left_out.has(Announce{one, IfIndex{2}, {}}));
    CHECK(left_out.has(Transitioned{one, State::backup, State::active, {}, {}}));
}

TEST_CASE("another instance is not concerned, nor what is so in any case") {
    auto left_out = after_refusal();
    CHECK_FALSE(left_out.has(Transitioned{other, State::backup, State::active, {}, {}}));
    CHECK_FALSE(left_out.has(PriorityChanged{one, {}, {}}));
    CHECK_FALSE(left_out.has(Noticed{one, IfIndex{2}, {}}));
    CHECK_FALSE(left_out.has(CheckChanged{}));
}

TEST_CASE("a release is performed, and what comes after it is told") {
    auto left_out = after_refusal();
    CHECK_FALSE(left_out.has(ReleaseAddresses{one, IfIndex{2}, {}}));
    CHECK_FALSE(left_out.has(Transitioned{one, State::active, State::backup, {}, {}}));
}

TEST_CASE("no other failure leaves anything out") {
    LeftOut left_out;
    for (const auto kind : {EffectKind::send_advert, EffectKind::announce, EffectKind::release_addresses})
        left_out.after({one, kind, "no"});
    CHECK_FALSE(left_out.has(Announce{one, IfIndex{2}, {}}));
}
