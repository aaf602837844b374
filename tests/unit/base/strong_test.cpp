#include "base/strong.h"

#include <doctest/doctest.h>

#include <type_traits>
#include <unordered_set>

using namespace baton;

namespace {

using Metres = Strong<struct MetresTag, int>;
using Seconds = Strong<struct SecondsTag, int>;

} // namespace

TEST_CASE("kinds of number never mix") {
    CHECK_FALSE(std::is_convertible_v<int, Metres>);
    CHECK_FALSE(std::is_convertible_v<Metres, int>);
    CHECK_FALSE(std::is_convertible_v<Seconds, Metres>);
    CHECK_FALSE(std::is_constructible_v<Metres, Seconds>);
}

TEST_CASE("a strong number compares and hashes like the number") {
    CHECK(Metres{} == Metres{0});
    CHECK(Metres{2} > Metres{1});
    const std::unordered_set<IfIndex> seen{IfIndex{2}, IfIndex{3}, IfIndex{2}};
    CHECK(seen.size() == 2);
}
