// The monitor against the kernel: what is told of links and addresses that come, change and go.
#include "netlink/addresses.h"
#include "netlink/dump.h"
#include "netlink/monitor.h"
#include "tests/unit/netlink/namespace.h"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <map>

using namespace baton;
using namespace baton::netlink;
using namespace baton::test;

namespace {

using Words = std::vector<std::string>;

struct Watched : Namespace {
    Watched() : socket(Socket::open().value()) {
        ip("link add eth0 type veth peer name peer0");
        ip("address add 10.0.1.2/24 dev eth0");
    }

    void watch(int receive_buffer = Monitor::default_receive_buffer) {
        Listener listener;
        listener.on_link = [this](const LinkState& state) {
            links[state.name] = state;
            ++link_calls;
        };
        listener.on_addresses = [this](IfIndex index, const std::vector<HeldAddress>& held) {
            addresses[index] = held;
            ++address_calls;
        };
        listener.on_error = [](const Error& error) { FAIL(error.text); };
        monitor = Monitor::open(context.get_executor(), socket, std::move(listener), receive_buffer).value();
        monitor->start();
        forget();
    }

    void forget() { link_calls = address_calls = 0; }

    // "10.0.1.2/24", as told last.
    Words told(const std::string& name) {
        Words texts;
        for (const HeldAddress& held : addresses[IfIndex(index_of(name))])
            texts.push_back(held.prefix.to_string() + (held.ours ? " ours" : ""));
        return texts;
    }

    bool becomes_up(const std::string& name, bool up) {
        return run_until(context, [&] { return links[name].up == up; });
    }

    boost::asio::io_context context;
    Socket socket;
    std::map<std::string, LinkState> links;
    std::map<IfIndex, std::vector<HeldAddress>> addresses;
    int link_calls{0};
    int address_calls{0};
    std::unique_ptr<Monitor> monitor; // last: its wait must go before what it calls
};

} // namespace

TEST_CASE_FIXTURE(Watched, "everything that is there is told at the start, and can be found before") {
    Listener listener;
    std::vector<std::string> told_links;
    std::map<IfIndex, std::size_t> told_addresses;
    listener.on_link = [&](const LinkState& state) { told_links.push_back(state.name); };
    listener.on_addresses = [&](IfIndex index, const auto& held) { told_addresses[index] = held.size(); };
    const auto opened = Monitor::open(context.get_executor(), socket, listener).value();
    CHECK(told_links.empty());
    REQUIRE(opened->find("eth0") != nullptr);
    CHECK(opened->find("eth0")->addresses.size() == 1);
    CHECK(opened->find(IfIndex(index_of("eth0")))->link.name == "eth0");
    CHECK(opened->find("eth9") == nullptr);
    opened->start();
    CHECK(told_links == std::vector<std::string>{"eth0", "lo", "peer0"});
    CHECK(told_addresses.size() == 3);
    CHECK(told_addresses[IfIndex(index_of("eth0"))] == 1);
}

TEST_CASE_FIXTURE(Watched, "an address that comes and one that goes are told by themselves") {
    watch();
    ip("address add 10.0.1.100/24 dev eth0");
    CHECK(run_until(context, [&] { return told("eth0") == Words{"10.0.1.2/24", "10.0.1.100/24"}; }));
    ip("address del 10.0.1.100/24 dev eth0");
    CHECK(run_until(context, [&] { return told("eth0") == Words{"10.0.1.2/24"}; }));
}

TEST_CASE_FIXTURE(Watched, "many changes at once are told as one state") {
    watch();
    for (int i = 3; i < 30; ++i)
        ip("address add 10.0.1." + std::to_string(i) + "/24 dev eth0");
    REQUIRE(monitor->drain().has_value());
    CHECK(address_calls == 1);
    CHECK(link_calls == 0);
    CHECK(told("eth0").size() == 28);
}

TEST_CASE_FIXTURE(Watched, "an address that was deleted and put back meanwhile is not told") {
    watch();
    ip("address add 10.0.1.100/24 dev eth0");
    ip("address del 10.0.1.100/24 dev eth0");
    REQUIRE(monitor->drain().has_value());
    CHECK(address_calls == 0);
}

TEST_CASE_FIXTURE(Watched, "our own addresses are told as ours") {
    watch();
    Addresses holder(socket);
    const std::vector<Prefix> vip{Prefix::parse("10.0.1.100/24").value()};
    CHECK(holder.hold(IfIndex(index_of("eth0")), vip, false).empty());
    REQUIRE(monitor->drain().has_value());
    CHECK(told("eth0") == Words{"10.0.1.2/24", "10.0.1.100/24 ours"});
}

TEST_CASE_FIXTURE(Watched, "a link is up with its carrier and down without") {
    watch();
    CHECK_FALSE(monitor->find("eth0")->link.up);
    ip("link set eth0 up");
    ip("link set peer0 up");
    CHECK(becomes_up("eth0", true));
    ip("link set peer0 down"); // takes eth0's carrier
    CHECK(becomes_up("eth0", false));
    ip("link set peer0 up");
    CHECK(becomes_up("eth0", true));
    ip("link set eth0 down");
    CHECK(becomes_up("eth0", false));
    CHECK(links["eth0"].exists);
}

TEST_CASE_FIXTURE(Watched, "a carrier that went and came meanwhile is told, however fast it was") {
    watch();
    ip("link set eth0 up");
    ip("link set peer0 up");
    REQUIRE(becomes_up("eth0", true));
    CHECK_FALSE(links["eth0"].returned);
    const auto in_kernel = [&] {
        const auto all = read_links(socket).value();
        return *std::find_if(all.begin(), all.end(), [](const Link& link) { return link.name == "eth0"; });
    };
    const auto before = in_kernel().carrier_ups;
    ip("link set peer0 down");
    ip("link set peer0 up");
    boost::asio::io_context nobody_hears_yet;
    REQUIRE(run_until(nobody_hears_yet, [&] { return in_kernel().up && in_kernel().carrier_ups > before; }));
    REQUIRE(monitor->drain().has_value());
    CHECK(links["eth0"].returned);
}

TEST_CASE_FIXTURE(Watched,
                  "a link that is deleted is gone, and comes again under its name with a new index") {
    watch();
    const IfIndex before(index_of("eth0"));
    ip("link del eth0");
    CHECK(run_until(context, [&] { return !links["eth0"].exists; }));
    CHECK(links["eth0"].index == IfIndex());
    ip("link add eth0 type veth peer name peer0");
    ip("address add 10.0.1.3/24 dev eth0");
    CHECK(run_until(context, [&] { return links["eth0"].exists && told("eth0") == Words{"10.0.1.3/24"}; }));
    CHECK(links["eth0"].index != before);
}

TEST_CASE_FIXTURE(Watched, "a link made again between two looks is told with its new index") {
    watch();
    ip("link del eth0");
    ip("link add eth0 type veth peer name peer0");
    REQUIRE(monitor->drain().has_value());
    CHECK(links["eth0"].exists);
    CHECK(links["eth0"].index == IfIndex(index_of("eth0")));
}

TEST_CASE_FIXTURE(Watched, "a renamed link is told by both names") {
    watch();
    ip("link set eth0 name lan0");
    REQUIRE(monitor->drain().has_value());
    CHECK_FALSE(links["eth0"].exists);
    CHECK(links["lan0"].exists);
    CHECK(monitor->find("lan0")->addresses.size() == 1);
}

TEST_CASE_FIXTURE(Watched, "a link that leaves a bridge is still there") {
    ip("link add br0 type bridge");
    ip("link set eth0 master br0");
    watch();
    ip("link set eth0 nomaster");
    REQUIRE(monitor->drain().has_value());
    REQUIRE(monitor->find("eth0") != nullptr);
    CHECK(links["eth0"].exists);
}

TEST_CASE_FIXTURE(Watched, "a link that moves to another namespace is gone") {
    OtherNamespace other;
    watch();
    ip("link set eth0 netns " + other.path());
    REQUIRE(monitor->drain().has_value());
    CHECK_FALSE(links["eth0"].exists);
}

TEST_CASE_FIXTURE(Watched, "the order of addresses is the kernel's, also after a primary has gone") {
    Words expected;
    SUBCASE("its secondaries go with it") {
        promote_secondaries("eth0", false);
        expected = {"10.0.2.2/24"};
    }
    SUBCASE("its first secondary takes its place") {
        promote_secondaries("eth0", true);
        expected = {"10.0.2.2/24", "10.0.1.100/24", "10.0.1.101/24"};
    }
    watch();
    ip("address add 10.0.1.100/24 dev eth0");
    ip("address add 10.0.2.2/24 dev eth0");
    ip("address add 10.0.1.101/24 dev eth0");
    REQUIRE(monitor->drain().has_value());
    CHECK(told("eth0") == Words{"10.0.1.2/24", "10.0.2.2/24", "10.0.1.100/24", "10.0.1.101/24"});
    ip("address del 10.0.1.2/24 dev eth0");
    REQUIRE(monitor->drain().has_value());
    CHECK(told("eth0") == expected);
    forget();
    REQUIRE(monitor->resync().has_value());
    CHECK(address_calls == 0); // what was followed event by event is what the kernel has
}

TEST_CASE_FIXTURE(Watched, "events that the kernel had to drop are made good by reading anew") {
    watch(1); // the kernel gives its least, about 2 kB: two or three events
    Addresses holder(socket);
    std::vector<Prefix> many;
    for (unsigned i = 1; i <= 200; ++i)
        many.push_back({IpAddress::v4(10, 7, 0, static_cast<std::uint8_t>(i)), 32});
    CHECK(holder.hold(IfIndex(index_of("eth0")), many, false).empty());
    ip("link set peer0 name other0");
    REQUIRE(monitor->drain().has_value());
    CHECK(monitor->overruns() >= 1);
    CHECK(told("eth0").size() == 201);
    CHECK(address_calls == 2); // eth0, and what other0 carries, for it is new under that name
    CHECK_FALSE(links["peer0"].exists);
    CHECK(links["other0"].exists);
}

TEST_CASE_FIXTURE(Watched, "a resync without a change tells nothing") {
    watch();
    REQUIRE(monitor->resync().has_value());
    CHECK(link_calls == 0);
    CHECK(address_calls == 0);
    CHECK(monitor->overruns() == 0);
}

TEST_CASE_FIXTURE(Watched, "a listener may ask for more while it is told") {
    int calls = 0;
    Listener listener;
    listener.on_link = [](const LinkState&) {};
    listener.on_addresses = [&](IfIndex, const auto&) {
        ++calls;
        REQUIRE(monitor->drain().has_value());
    };
    listener.on_error = [](const Error& error) { FAIL(error.text); };
    monitor = Monitor::open(context.get_executor(), socket, std::move(listener)).value();
    monitor->start();
    CHECK(calls == 3);
    ip("address add 10.0.1.100/24 dev eth0");
    CHECK(run_until(context, [&] { return calls == 4; }));
}

TEST_CASE_FIXTURE(Watched, "a monitor that is gone is not called by a wait that was under way") {
    watch();
    ip("address add 10.0.1.100/24 dev eth0");
    monitor.reset();
    context.restart();
    CHECK(context.run() <= 1);
    CHECK(address_calls == 0);
}
