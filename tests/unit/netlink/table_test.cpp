// What is told after which events: whole states, once, and nothing that came and went in between.
#include "netlink/table.h"

#include <doctest/doctest.h>
#include <string>
#include <vector>

using namespace baton;
using namespace baton::netlink;

namespace {

Link link(unsigned index, const std::string& name, bool up = true) {
    Link made;
    made.index = IfIndex(index);
    made.name = name;
    made.up = up;
    return made;
}

std::vector<HeldAddress> addresses(const std::vector<std::string>& texts) {
    std::vector<HeldAddress> all;
    for (const std::string& text : texts)
        all.push_back({Prefix::parse(text).value()});
    return all;
}

PlacedAddress placed(unsigned index, const std::string& text) {
    return {IfIndex(index), {Prefix::parse(text).value()}};
}

// "eth0=2 up", "eth0 gone", "2: 10.0.1.2/24 10.0.1.100/24": in the order told.
std::vector<std::string> told(Table& table) {
    std::vector<std::string> lines;
    const Changes changes = table.take_changes();
    for (const LinkState& state : changes.links)
        lines.push_back(state.exists ? state.name + "=" + std::to_string(state.index.value) +
                                           (state.returned ? " up again"
                                            : state.up     ? " up"
                                                           : " down")
                                     : state.name + " gone");
    for (const AddressState& state : changes.addresses) {
        std::string line = std::to_string(state.interface.value) + ":";
        for (const HeldAddress& held : state.addresses)
            line += " " + held.prefix.to_string();
        lines.push_back(line);
    }
    return lines;
}

using Lines = std::vector<std::string>;

} // namespace

TEST_CASE(
    "a new link is told with its addresses, also when it has none; then there is nothing more to tell") {
    Table table;
    table.put(link(2, "eth0"));
    CHECK(told(table) == Lines{"eth0=2 up", "2:"});
    CHECK(told(table).empty());
    table.put(link(2, "eth0"));
    CHECK(told(table).empty());
}

TEST_CASE("links are told before addresses, and those that are gone before those that are there") {
    Table table;
    table.put(link(2, "a"));
    table.put(link(3, "z"));
    CHECK(told(table) == Lines{"a=2 up", "z=3 up", "2:", "3:"});
    table.put(IfIndex(2), addresses({"10.0.1.2/24"}));
    table.put(link(2, "a", false));
    table.remove(IfIndex(3));
    CHECK(told(table) == Lines{"z gone", "a=2 down", "2: 10.0.1.2/24"});
}

TEST_CASE("another MTU is told") {
    Table table;
    auto eth0 = link(2, "eth0");
    table.put(eth0);
    CHECK(told(table) == Lines{"eth0=2 up", "2:"});
    eth0.mtu = 1200;
    table.put(eth0);
    const auto changes = table.take_changes();
    REQUIRE(changes.links.size() == 1);
    CHECK(changes.links.front().mtu == 1200);
    CHECK(changes.addresses.empty());
}

TEST_CASE("what came and went between two takes is not told") {
    Table table;
    table.put(link(2, "eth0"));
    CHECK(told(table).size() == 2);
    table.put(IfIndex(2), addresses({"10.0.1.100/24"}));
    table.put(IfIndex(2), {});
    table.put(link(3, "eth1"));
    table.put(IfIndex(3), addresses({"10.0.2.2/24"}));
    table.remove(IfIndex(3));
    CHECK(told(table).empty());
}

TEST_CASE("a link that went and returned between two takes is told as such, once") {
    Table table;
    const auto often = [](std::uint32_t carrier_ups, bool up = true) {
        auto made = link(2, "eth0", up);
        made.carrier_ups = carrier_ups;
        return made;
    };
    table.put(often(1));
    CHECK(told(table) == Lines{"eth0=2 up", "2:"});
    SUBCASE("with events of both") {
        table.put(often(1, false));
        table.put(often(1));
    }
    SUBCASE("which the kernel only counted") { table.put(often(2)); }
    SUBCASE("which a dump shows") { table.replace({often(2)}, {}); }
    SUBCASE("and then to a dump that shows no difference") {
        table.put(often(2));
        table.replace({often(2)}, {});
    }
    CHECK(told(table) == Lines{"eth0=2 up again"});
    table.put(often(table.find(IfIndex(2))->link.carrier_ups));
    CHECK(told(table).empty());
}

TEST_CASE("a link that came, went and came is up; one that came and went is down: of those there is no more "
          "to tell") {
    Table table;
    table.put(link(2, "eth0", false));
    CHECK(told(table) == Lines{"eth0=2 down", "2:"});
    table.put(link(2, "eth0", true));
    table.put(link(2, "eth0", false));
    CHECK(told(table).empty());
    table.put(link(2, "eth0", true));
    table.put(link(2, "eth0", false));
    table.put(link(2, "eth0", true));
    CHECK(told(table) == Lines{"eth0=2 up"});
}

TEST_CASE("a renamed link is gone by its old name and there by its new one") {
    Table table;
    table.put(link(2, "eth0"));
    table.put(IfIndex(2), addresses({"10.0.1.2/24"}));
    CHECK(told(table).size() == 2);
    table.put(link(2, "lan"));
    CHECK(told(table) == Lines{"eth0 gone", "lan=2 up", "2: 10.0.1.2/24"});
    CHECK(table.find("eth0") == nullptr);
    REQUIRE(table.find("lan") != nullptr);
    CHECK(table.find("lan")->addresses.size() == 1);
}

TEST_CASE("two links that swap their names are both told, and neither is gone") {
    Table table;
    table.put(link(2, "a"));
    table.put(link(3, "b", false));
    CHECK(told(table).size() == 4);
    table.put(link(2, "aside"));
    table.put(link(3, "a", false));
    table.put(link(2, "b"));
    CHECK(told(table) == Lines{"a=3 down", "b=2 up", "2:", "3:"});
}

TEST_CASE("a link made again under its old name is told with its new index, and its addresses anew") {
    Table table;
    table.put(link(2, "eth0"));
    table.put(IfIndex(2), addresses({"10.0.1.2/24"}));
    CHECK(told(table).size() == 2);
    table.remove(IfIndex(2));
    table.put(link(5, "eth0"));
    CHECK(told(table) == Lines{"eth0=5 up", "5:"});
    CHECK(table.find(IfIndex(2)) == nullptr);
}

TEST_CASE("a link that is gone is told once, and comes again as a new one even if all of it is the same") {
    Table table;
    table.put(link(2, "eth0"));
    CHECK(told(table).size() == 2);
    table.remove(IfIndex(2));
    CHECK(told(table) == Lines{"eth0 gone"});
    table.put(link(3, "eth0"));
    table.remove(IfIndex(3));
    CHECK(told(table).empty());
    table.put(link(2, "eth0"));
    CHECK(told(table) == Lines{"eth0=2 up", "2:"});
}

TEST_CASE("the end of a link whose name went to another takes nothing from the other") {
    Table table;
    table.put(link(2, "eth0"));
    table.put(link(5, "eth0"));
    table.remove(IfIndex(2));
    CHECK(told(table) == Lines{"eth0=5 up", "5:"});
}

TEST_CASE("addresses are told in the order they were read, and again when one of them changes") {
    Table table;
    table.put(link(2, "eth0"));
    auto held = addresses({"10.0.1.2/24", "fd00::2/64", "fe80::2/64"});
    table.put(IfIndex(2), held);
    CHECK(told(table) == Lines{"eth0=2 up", "2: 10.0.1.2/24 fd00::2/64 fe80::2/64"});
    table.put(IfIndex(2), held);
    CHECK(told(table).empty());
    SUBCASE("its mark") { held[0].ours = true; }
    SUBCASE("its detection") { held[2].tentative = true; }
    SUBCASE("its place") { std::swap(held[0], held[2]); }
    table.put(IfIndex(2), held);
    CHECK(told(table).size() == 1);
}

TEST_CASE("addresses of an interface that is not there are left out") {
    Table table;
    table.put(IfIndex(7), addresses({"10.0.1.2/24"}));
    CHECK(told(table).empty());
}

TEST_CASE("a whole dump takes the place of everything, and only what differs is told") {
    Table table;
    table.put(link(1, "lo"));
    table.put(link(2, "eth0"));
    table.put(link(3, "eth1"));
    table.put(IfIndex(2), addresses({"10.0.1.2/24"}));
    CHECK(told(table).size() == 6);
    table.replace({link(1, "lo"), link(2, "eth0", false), link(4, "eth2")},
                  {placed(2, "10.0.1.2/24"), placed(2, "10.0.1.3/24"), placed(9, "10.9.9.9/24")});
    CHECK(told(table) == Lines{"eth1 gone", "eth0=2 down", "eth2=4 up", "2: 10.0.1.2/24 10.0.1.3/24", "4:"});
    table.replace({link(1, "lo"), link(2, "eth0", false), link(4, "eth2")},
                  {placed(2, "10.0.1.2/24"), placed(2, "10.0.1.3/24")});
    CHECK(told(table).empty());
}
