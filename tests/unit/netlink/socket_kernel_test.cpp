// The request socket against the kernel: batches, errors and the kernel's own words for them.
#include "netlink/dump.h"
#include "netlink/socket.h"
#include "tests/unit/netlink/namespace.h"

#include <algorithm>
#include <cerrno>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

using namespace baton;
using namespace baton::netlink;
using namespace baton::test;

namespace {

struct Sockets : Namespace {
    Sockets() : socket(Socket::open().value()) {
        ip("link add eth0 type veth peer name peer0");
        eth0 = IfIndex(index_of("eth0"));
    }

    Message add(const IpAddress& address, std::uint8_t length = 24) const {
        Message request(RTM_NEWADDR, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL);
        ifaddrmsg header{};
        header.ifa_family = AF_INET;
        header.ifa_prefixlen = length;
        header.ifa_index = eth0.value;
        request.append(header);
        request.put(IFA_LOCAL, address.bytes());
        return request;
    }

    Socket socket;
    IfIndex eth0;
};

} // namespace

TEST_CASE_FIXTURE(Sockets, "each request of a batch gets its own answer") {
    std::vector<Message> requests;
    requests.push_back(add(IpAddress::v4(10, 0, 1, 1)));
    requests.push_back(add(IpAddress::v4(10, 0, 1, 1))); // there by now
    requests.push_back(add(IpAddress::v4(10, 0, 1, 2), 33));
    requests.push_back(add(IpAddress::v4(10, 0, 1, 3)));
    const auto answers = socket.perform(requests);
    REQUIRE(answers.size() == 4);
    CHECK_FALSE(answers[0]);
    REQUIRE(answers[1]);
    CHECK(answers[1]->code == EEXIST);
    REQUIRE(answers[2]);
    CHECK(answers[2]->code == EINVAL);
    CHECK_FALSE(answers[3]);
    CHECK(read_addresses(socket, eth0).value().size() == 2);
}

TEST_CASE_FIXTURE(Sockets, "the kernel's own words come with its refusal") {
    std::vector<Message> requests;
    requests.push_back(add(IpAddress::v4(10, 0, 1, 2), 33));
    const auto answers = socket.perform(requests);
    REQUIRE(answers[0]);
    CHECK_FALSE(answers[0]->detail.empty());
    CHECK(answers[0]->to_string() == "Invalid argument (" + answers[0]->detail + ")");
}

TEST_CASE_FIXTURE(Sockets, "a batch longer than one send answers every request, in order") {
    std::vector<Message> requests;
    for (unsigned i = 0; i < 300; ++i) {
        const auto last = static_cast<std::uint8_t>(i % 250);
        requests.push_back(add(IpAddress::v4(10, 0, static_cast<std::uint8_t>(i / 250), last), 32));
        if (i % 7 == 0) // and a wrong one now and then
            requests.push_back(add(IpAddress::v4(10, 9, 9, 9), 40));
    }
    const auto answers = socket.perform(requests);
    REQUIRE(answers.size() == requests.size());
    const auto refused =
        std::count_if(answers.begin(), answers.end(), [](const auto& a) { return a.has_value(); });
    CHECK(refused == 43);
    CHECK(answers[1].has_value());
    CHECK_FALSE(answers[0].has_value());
    CHECK(read_addresses(socket, eth0).value().size() == 300);
}

TEST_CASE_FIXTURE(Sockets, "one thing that is asked for is answered, or refused, and the socket goes on") {
    for (const int index : {static_cast<int>(eth0.value), 9999}) {
        Message request(RTM_GETLINK, NLM_F_ACK);
        ifinfomsg header{};
        header.ifi_index = index;
        request.append(header);
        const auto answer = socket.dump(request);
        CHECK(answer.has_value() == (index != 9999));
    }
    CHECK(read_links(socket).value().size() == 3);
}

TEST_CASE_FIXTURE(Sockets, "an empty batch asks nothing") { CHECK(socket.perform({}).empty()); }

TEST_CASE_FIXTURE(Sockets, "links are read with name, number, state and MAC address") {
    ip("link set eth0 address 02:00:00:00:00:07");
    const auto links = read_links(socket).value();
    REQUIRE(links.size() == 3);
    CHECK(links[0].name == "lo");
    CHECK(links[0].loopback);
    const auto found =
        std::find_if(links.begin(), links.end(), [](const Link& link) { return link.name == "eth0"; });
    REQUIRE(found != links.end());
    CHECK(found->index == eth0);
    CHECK_FALSE(found->up);
    CHECK(found->mac == MacAddress{{2, 0, 0, 0, 0, 7}});
}

TEST_CASE_FIXTURE(Sockets, "addresses of one interface are read without the others'") {
    ip("address add 10.0.1.2/24 dev eth0");
    ip("address add 10.0.2.2/24 dev peer0");
    const auto of_eth0 = read_addresses(socket, eth0).value();
    REQUIRE(of_eth0.size() == 1);
    CHECK(of_eth0[0].prefix.to_string() == "10.0.1.2/24");
    CHECK(read_addresses(socket).value().size() == 2);
}

TEST_CASE_FIXTURE(Sockets, "the addresses of an interface that is gone are refused, and the socket goes on") {
    const auto gone = read_addresses(socket, IfIndex(9999));
    REQUIRE_FALSE(gone.has_value());
    CHECK(gone.error().code == ENODEV);
    CHECK(read_links(socket).value().size() == 3);
}
