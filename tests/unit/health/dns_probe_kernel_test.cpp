// Questions over real sockets, to a server of the test's own that may not be what it should.
#include "health/dns_probe.h"

#include "tests/unit/health/dns_replies.h"
#include "tests/unit/netlink/namespace.h"
#include "tests/unit/scratch.h"

#include <boost/asio/ip/udp.hpp>
#include <set>

using namespace baton;
using namespace baton::health;
using baton::testing::Octets;
using baton::testing::record;
using baton::testing::reply_to;
using boost::asio::ip::udp;

namespace {

/// Answers each question with what the test makes of it, from as many datagrams as it likes.
class DnsServer {
public:
    using Answer = std::function<std::vector<Octets>(const Octets&)>;

    DnsServer(boost::asio::io_context& loop, const char* address, Answer answer)
        : answer_(std::move(answer)),
          socket_(loop, udp::endpoint(boost::asio::ip::make_address(address), 0)) {
        receive();
    }
    DnsServer(DnsServer&&) = delete;

    [[nodiscard]] std::uint16_t port() const { return socket_.local_endpoint().port(); }

    std::vector<Octets> asked{};
    std::set<std::uint16_t> ports{};

private:
    void receive() {
        socket_.async_receive_from(
            boost::asio::buffer(buffer_), from_,
            [this](const boost::system::error_code& failed, std::size_t size) {
                if (failed)
                    return;
                asked.emplace_back(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(size));
                ports.insert(from_.port());
                for (const auto& reply : answer_(asked.back()))
                    socket_.send_to(boost::asio::buffer(reply), from_);
                receive();
            });
    }

    Answer answer_;
    udp::socket socket_;
    udp::endpoint from_;
    std::array<std::uint8_t, 1500> buffer_{};
};

struct Dns : test::Namespace {
    Dns() { test::ip("link set lo up"); }

    boost::asio::io_context loop;
    std::optional<Finding> finding;

    static DnsCheck settings(std::uint16_t port, const char* server = "127.0.0.1") {
        return {.server = *IpAddress::parse(server), .port = port, .question = {.name = "mail.example.org"}};
    }
    std::unique_ptr<Probe> start(const DnsCheck& settings) {
        finding.reset();
        return start_dns(loop, settings, [this](Finding found) {
            CHECK(!finding); // once
            finding = std::move(found);
        });
    }
    Finding run(const DnsCheck& settings) {
        const auto probe = start(settings);
        CHECK(!finding); // never before the probe has been returned
        testing::run_until(loop, [&] { return finding.has_value(); });
        return *finding;
    }
    void settle() {
        while (loop.poll_one() > 0)
            loop.restart();
    }
};

const Octets ten = record(DnsType::a, {10, 0, 1, 10});

std::vector<Octets> answers(const Octets& query) { return {reply_to(query, {ten})}; }

} // namespace

TEST_CASE_FIXTURE(Dns, "dns: a server that answers, by IPv4 and IPv6") {
    const DnsServer four(loop, "127.0.0.1", answers);
    const DnsServer six(loop, "::1", answers);
    for (const auto& to : {settings(four.port()), settings(six.port(), "::1")}) {
        const auto found = run(to);
        CHECK_MESSAGE(found.ok, found.detail);
        CHECK(found.detail == "A of mail.example.org: 10.0.1.10");
    }
}

TEST_CASE_FIXTURE(Dns, "dns: each run has its own ID and its own port") {
    const DnsServer server(loop, "127.0.0.1", answers);
    for (int i = 0; i < 30; ++i)
        CHECK(run(settings(server.port())).ok);
    std::set<Octets> ids;
    for (const auto& query : server.asked)
        ids.emplace(query.begin(), query.begin() + 2);
    CHECK(ids.size() > 20); // that ten of thirty meet by chance does not happen
    CHECK(server.ports.size() > 20);
}

TEST_CASE_FIXTURE(Dns,
                  "dns: what is no answer to the question is passed over, and the answer behind it is not") {
    DnsServer server(loop, "127.0.0.1", [](const Octets& query) {
        auto foreign = reply_to(query, {ten}, 0x8183); // would be NXDOMAIN
        foreign[0] ^= 1;
        std::vector<Octets> replies(100, foreign); // more than are read at a time
        replies.push_back({});
        replies.push_back(Octets(5000, 0)); // longer than is read
        replies.push_back(reply_to(query, {ten}));
        return replies;
    });
    CHECK(run(settings(server.port())).ok);
}

TEST_CASE_FIXTURE(Dns, "dns: an answer from elsewhere does not count") {
    udp::socket elsewhere(loop, udp::endpoint(boost::asio::ip::make_address("127.0.0.1"), 0));
    std::uint16_t asker = 0;
    DnsServer server(loop, "127.0.0.1", [&](const Octets&) { return std::vector<Octets>{}; });
    const auto probe = start(settings(server.port()));
    testing::run_until(loop, [&] { return server.asked.size() == 1; });
    asker = *server.ports.begin();
    elsewhere.send_to(boost::asio::buffer(answers(server.asked[0])[0]),
                      udp::endpoint(boost::asio::ip::make_address("127.0.0.1"), asker));
    settle();
    CHECK(!finding);
    CHECK(probe->late() == "no answer from 127.0.0.1:" + std::to_string(server.port()));
}

TEST_CASE_FIXTURE(Dns, "dns: where nobody listens it is known at once") {
    std::uint16_t port = 0;
    { port = DnsServer(loop, "127.0.0.1", answers).port(); }
    CHECK(run(settings(port)).detail == "127.0.0.1:" + std::to_string(port) + ": Connection refused");
    CHECK(run(settings(port, "::1")).detail == "[::1]:" + std::to_string(port) + ": Connection refused");
    CHECK(run(settings(53, "192.0.2.1")).detail == "192.0.2.1:53: Network is unreachable");
}

TEST_CASE_FIXTURE(Dns, "dns: the source and the interface are those asked for") {
    const DnsServer server(loop, "127.0.0.1", answers);
    auto from = settings(server.port());
    from.source = *IpAddress::parse("127.0.0.2");
    from.interface = "lo";
    CHECK(run(from).ok);
    from.source = *IpAddress::parse("192.0.2.1");
    CHECK(run(from).detail.ends_with(": Cannot assign requested address (source_address 192.0.2.1)"));
    from.interface = "eth7";
    CHECK(run(from).detail.ends_with(": No such device (interface eth7)"));
}

TEST_CASE_FIXTURE(Dns, "dns: a name that cannot be asked for is a failed run") {
    auto to = settings(53);
    to.question.name = "a..b";
    const auto found = run(to);
    CHECK_FALSE(found.ok);
    CHECK(found.detail.starts_with("\"a..b\" cannot be asked for: "));
}

TEST_CASE_FIXTURE(Dns, "dns: a run that is ended early tells nobody and leaves nothing open") {
    const DnsServer server(loop, "127.0.0.1", answers);
    CHECK(run(settings(server.port())).ok);
    const auto open = testing::open_descriptors();
    auto probe = start(settings(server.port()));
    auto unwritten = settings(53);
    unwritten.question.name = "a..b";
    auto found_already = start(unwritten);
    probe.reset();
    found_already.reset();
    CHECK(testing::open_descriptors() == open);
    loop.restart();
    settle();
    CHECK(!finding);
}
