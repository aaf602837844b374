#include "daemon/interfaces.h"

#include <doctest/doctest.h>

using namespace baton;
using namespace baton::daemon;

namespace {

const char* const text = R"({
  "instances": {
    "VI_1": {
      "interface": "eht0",
      "vrid": 51,
      "addresses": ["10.0.1.100/24"],
      "track": [ { "interface": "eth1", "weight": -20 }, { "interface": "eth7" } ]
    }
  }
})";

} // namespace

TEST_CASE("every interface the host does not have is named, with its place and the likely word") {
    const auto loaded = config::load(text, "baton.json");
    REQUIRE(loaded.has_value());
    const auto errors =
        unknown_interfaces(*loaded, {{"lo", IfIndex{1}}, {"eth0", IfIndex{2}}, {"eth1", IfIndex{3}}});
    REQUIRE(errors.size() == 2);
    CHECK(describe(errors[0]) ==
          "baton.json:4:20: /instances/VI_1/interface: there is no interface \"eht0\" on "
          "this host; did you mean \"eth0\"? (allowed: eth0, eth1, lo)");
    CHECK(errors[1].line == 7);
    CHECK(errors[1].pointer == "/instances/VI_1/track/1/interface");
}

TEST_CASE("this host has a loopback interface") { CHECK(interfaces_of_this_host().count("lo") == 1); }
