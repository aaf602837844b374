// Conversations with real sockets, and a server that behaves as badly as servers do.
#include "health/stream_probe.h"

#include "health/haproxy_dialogue.h"
#include "health/http_dialogue.h"
#include "health/prober.h"
#include "health/smtp_dialogue.h"
#include "health/tcp_dialogue.h"
#include "tests/unit/health/server.h"
#include "tests/unit/netlink/namespace.h"
#include "tests/unit/scratch.h"

#include <algorithm>
#include <fstream>

using namespace baton;
using namespace baton::health;
using namespace std::chrono_literals;
namespace asio = boost::asio;
using testing::Client;
using testing::Protocol;
using testing::Server;

namespace {

struct Streams : test::Namespace {
    Streams() { test::ip("link set lo up"); }

    boost::asio::io_context loop;
    testing::Scratch scratch;
    std::optional<Finding> finding;

    std::unique_ptr<Probe> start(const StreamTarget& target, std::unique_ptr<Dialogue> dialogue) {
        finding.reset();
        return start_stream(loop, target, std::move(dialogue), nullptr, [this](Finding found) {
            CHECK(!finding); // once
            finding = std::move(found);
        });
    }
    Finding run(const StreamTarget& target, std::unique_ptr<Dialogue> dialogue) {
        const auto probe = start(target, std::move(dialogue));
        CHECK(!finding); // never before the probe has been returned
        testing::run_until(loop, [&] { return finding.has_value(); });
        return *finding;
    }
    Finding run(const Server& server, std::unique_ptr<Dialogue> dialogue) {
        return run(server.target(), std::move(dialogue));
    }
};

std::unique_ptr<Dialogue> expecting(const std::string& text) {
    return std::make_unique<TcpDialogue>(TcpSettings{.send = "PING\r\n", .expect = text});
}

std::unique_ptr<Dialogue> connecting() { return std::make_unique<TcpDialogue>(TcpSettings{}); }

std::unique_ptr<Dialogue> smtp() {
    SmtpSettings settings;
    settings.helo = "lb1.example.org";
    return std::make_unique<SmtpDialogue>(settings);
}

std::unique_ptr<Dialogue> mailing() {
    SmtpSettings settings;
    settings.helo = "lb1.example.org";
    settings.mail_from = "";
    settings.rcpt_to = "postmaster@example.org";
    return std::make_unique<SmtpDialogue>(settings);
}

std::unique_ptr<Dialogue> http() { return std::make_unique<HttpDialogue>(HttpSettings{.host = "localhost"}); }

std::unique_ptr<Dialogue> http_with_body() {
    return std::make_unique<HttpDialogue>(HttpSettings{.host = "localhost", .body = "hello"});
}

std::unique_ptr<Dialogue> haproxy() { return std::make_unique<HaproxyDialogue>(HaproxySettings{}); }

Server::Welcome nothing() {
    return [](Client& client) { client.listen(); };
}

/// What it says at once, whatever it is asked.
Server::Welcome says(const std::string& text, bool and_closes = false) {
    return [=](Client& client) {
        client.listen();
        client.say(text, and_closes);
    };
}

bool has(const Finding& finding, const std::string& text) {
    return finding.detail.find(text) != std::string::npos;
}

} // namespace

TEST_CASE("targets are described as people write them") {
    CHECK(describe(StreamTarget{.address = *IpAddress::parse("10.0.1.10"), .port = 25}) == "10.0.1.10:25");
    CHECK(describe(StreamTarget{.address = *IpAddress::parse("2001:db8::1"), .port = 25}) ==
          "[2001:db8::1]:25");
    CHECK(describe(StreamTarget{.path = "/run/haproxy/admin.sock"}) == "/run/haproxy/admin.sock");
}

TEST_CASE_FIXTURE(Streams, "a question and its answer, over IPv4, IPv6 and a Unix socket") {
    const auto pong = says("+PONG\r\n");
    Server four(loop, "127.0.0.1", pong);
    Server six(loop, "::1", pong);
    const asio::local::stream_protocol::endpoint path(scratch.path("socket"));
    Server local(loop, path, pong);
    for (const auto& target : {four.target(), six.target("::1"), StreamTarget{.path = path.path()}}) {
        const auto found = run(target, expecting("+PONG"));
        CHECK(found.ok);
        CHECK(found.detail == "answered: +PONG");
    }
    testing::run_until(loop, [&] { return local.last().gone; }); // nothing is left open
    CHECK(local.last().heard == "PING\r\n");
}

TEST_CASE_FIXTURE(Streams, "the source is the address asked for") {
    std::string source;
    Server server(loop, "127.0.0.1", [&](Client& client) {
        sockaddr_in from{};
        const auto endpoint = client.socket.remote_endpoint();
        std::memcpy(&from, endpoint.data(), sizeof from);
        source = std::to_string(ntohl(from.sin_addr.s_addr));
    });
    auto target = server.target();
    target.source = *IpAddress::parse("127.0.0.2");
    CHECK(run(target, connecting()).ok);
    testing::run_until(loop, [&] { return !source.empty(); });
    CHECK(source == std::to_string(0x7f000002));
    target.source = *IpAddress::parse("192.0.2.1"); // not ours
    const auto found = run(target, connecting());
    CHECK_FALSE(found.ok);
    CHECK(found.detail == describe(target) + ": Cannot assign requested address (source_address 192.0.2.1)");
}

TEST_CASE_FIXTURE(Streams, "who is connected to itself has found nobody") {
    // As the kernel does now and then where the port is one that it may choose to connect from.
    std::ofstream("/proc/sys/net/ipv4/ip_local_port_range") << "50051 50051";
    const StreamTarget target{.address = *IpAddress::parse("127.0.0.1"), .port = 50051};
    const auto found = run(target, connecting());
    CHECK_FALSE(found.ok);
    CHECK(found.detail == "127.0.0.1:50051: nobody listens there");
    CHECK_FALSE(run(target, expecting("PING")).ok);
}

TEST_CASE_FIXTURE(Streams, "link-local addresses are reached by the interface that is asked for") {
    test::ip("address add fe80::3/64 dev lo nodad");
    const Server server(loop, "fe80::3%lo", says("+PONG\r\n"));
    auto target = server.target("fe80::3");
    CHECK_FALSE(run(target, expecting("+PONG")).ok); // on which link?
    target.interface = "lo";
    const auto found = run(target, expecting("+PONG"));
    CHECK_MESSAGE(found.ok, found.detail);
    target.source = *IpAddress::parse("fe80::3");
    CHECK(run(target, expecting("+PONG")).ok);
    target.interface = "eth7";
    CHECK(run(target, expecting("+PONG")).detail == describe(target) + ": No such device (interface eth7)");
}

TEST_CASE_FIXTURE(Streams, "who does not listen is named") {
    std::uint16_t port = 0;
    { port = Server(loop, "127.0.0.1", nothing()).port(); }
    const StreamTarget nobody{.address = *IpAddress::parse("127.0.0.1"), .port = port};
    CHECK(run(nobody, connecting()).detail == describe(nobody) + ": Connection refused");
    const StreamTarget nowhere{.path = scratch.path("nothing")};
    CHECK(run(nowhere, connecting()).detail == nowhere.path + ": No such file or directory");
    const StreamTarget unreachable{.address = *IpAddress::parse("192.0.2.1"), .port = 25};
    CHECK(run(unreachable, connecting()).detail == "192.0.2.1:25: Network is unreachable");
    const StreamTarget too_long{.path = "/" + std::string(200, 'x')};
    const auto found = run(too_long, connecting());
    CHECK_FALSE(found.ok);
    CHECK(found.detail == too_long.path + ": File name too long");
}

TEST_CASE_FIXTURE(Streams, "a Unix socket whose queue is full is waited for, and named") {
    const asio::local::stream_protocol::endpoint path(scratch.path("socket"));
    Protocol::socket busy(loop, Protocol(path.protocol()));
    REQUIRE(::bind(busy.native_handle(), path.data(), static_cast<socklen_t>(path.size())) == 0);
    REQUIRE(::listen(busy.native_handle(), 0) == 0);
    Protocol::socket first(loop, Protocol(path.protocol()));
    first.connect(path); // fills the queue
    const auto probe = start({.path = path.path()}, connecting());
    const auto what = "no connection to " + path.path() + ": its queue of connections is full";
    testing::run_until(loop, [&] { return probe->late() == what; });
    CHECK(!finding);
    const int taken = ::accept(busy.native_handle(), nullptr, nullptr); // makes room
    testing::run_until(loop, [&] { return finding.has_value(); });
    CHECK(finding->ok);
    CHECK(::close(taken) == 0);
}

TEST_CASE_FIXTURE(Streams, "ended while it waits for room in a queue, it tells nobody") {
    const asio::local::stream_protocol::endpoint path(scratch.path("socket"));
    Protocol::socket busy(loop, Protocol(path.protocol()));
    REQUIRE(::bind(busy.native_handle(), path.data(), static_cast<socklen_t>(path.size())) == 0);
    REQUIRE(::listen(busy.native_handle(), 0) == 0);
    Protocol::socket first(loop, Protocol(path.protocol()));
    first.connect(path);
    auto probe = start({.path = path.path()}, connecting());
    testing::run_until(loop, [&] { return probe->late().ends_with("is full"); });
    probe.reset();
    loop.restart();
    loop.run(); // nothing is left to wait for
    CHECK(!finding);
}

TEST_CASE_FIXTURE(Streams, "who says nothing is waited for, and it is known for what") {
    const auto waited_for = [&](std::unique_ptr<Dialogue> dialogue, const std::string& asks) {
        Server server(loop, "127.0.0.1", nothing());
        const auto probe = start(server.target(), std::move(dialogue));
        testing::run_until(loop,
                           [&] { return server.accepted() == 1 && server.last().heard.starts_with(asks); });
        loop.restart();
        loop.poll();
        CHECK(!finding);
        return probe->late();
    };
    CHECK(waited_for(smtp(), "") == "no banner");
    CHECK(waited_for(http(), "GET / HTTP/1.1\r\n") == "no whole answer");
    CHECK(waited_for(haproxy(), "show info;show stat\n") == "no whole answer from HAProxy");
    CHECK(waited_for(expecting("+PONG"), "PING\r\n") == "it did not send what is expected; it sent nothing");
}

TEST_CASE_FIXTURE(Streams, "who takes no connection is waited for until the time is over") {
    Protocol::socket full(loop, Protocol(asio::ip::tcp::v4()));
    full.bind(asio::ip::tcp::endpoint(asio::ip::make_address("127.0.0.1"), 0));
    REQUIRE(::listen(full.native_handle(), 0) == 0);
    const auto endpoint = full.local_endpoint();
    std::list<Protocol::socket> others;
    for (int i = 0; i < 8; ++i) { // more than it takes
        others.emplace_back(loop, Protocol(asio::ip::tcp::v4())).non_blocking(true);
        (void)::connect(others.back().native_handle(), endpoint.data(),
                        static_cast<socklen_t>(endpoint.size()));
    }
    sockaddr_in address{};
    std::memcpy(&address, endpoint.data(), sizeof address);
    const StreamTarget target{.address = *IpAddress::parse("127.0.0.1"), .port = ntohs(address.sin_port)};
    std::optional<Verdict> verdict;
    Prober prober(
        loop, {.interval = 1h, .timeout = 50ms},
        [&](Done done) { return start_stream(loop, target, smtp(), nullptr, std::move(done)); },
        [&](const Verdict& told) { verdict = told; });
    testing::run_until(loop, [&] { return verdict.has_value(); });
    CHECK_FALSE(verdict->ok);
    CHECK(verdict->detail == "timed out after 50ms: no connection to " + describe(target));
}

TEST_CASE_FIXTURE(
    Streams,
    "a mail server that hangs in a transaction is told its end, by who has no time left or is ended") {
    for (const bool in_time : {true, false}) {
        Server server(loop, "127.0.0.1", [](Client& client) {
            client.on_heard = [](Client& asking) {
                if (!asking.heard.ends_with("RCPT TO:<postmaster@example.org>\r\n"))
                    asking.say("250 Ok\r\n");
            };
            client.listen();
            client.say("220 mail1 ESMTP\r\n");
        });
        auto probe = start(server.target(), mailing());
        testing::run_until(loop, [&] {
            return server.accepted() == 1 && server.last().heard.find("RCPT TO") != std::string::npos;
        });
        if (in_time)
            CHECK(probe->late() == "no answer to RCPT TO");
        probe.reset();
        testing::run_until(loop, [&] { return server.last().gone; });
        CHECK(server.last().heard.ends_with("RCPT TO:<postmaster@example.org>\r\nRSET\r\nQUIT\r\n"));
    }
}

TEST_CASE_FIXTURE(Streams, "half an answer and no more, then silence or the end") {
    Server silent(loop, "127.0.0.1", says("220-mail1 ESMTP\r\n22"));
    const auto probe = start(silent.target(), smtp());
    testing::run_until(loop, [&] { return silent.accepted() == 1; });
    while (loop.poll_one() > 0) // all that is under way has arrived: the loopback has no delay
        loop.restart();
    CHECK(probe->late() == "only a part of its banner");
    Server closing(loop, "127.0.0.1", says("220-mail1 ESMTP\r\n22", true));
    CHECK(run(closing, smtp()).detail == "closed in the middle of its banner");
    Server http_part(loop, "127.0.0.1", [](Client& client) {
        client.say("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel", true);
    });
    const auto found = run(http_part, http_with_body());
    CHECK_FALSE(found.ok);
    CHECK(has(found, "closed before its whole answer"));
    CHECK(run(http_part, http()).ok); // its status is all that is asked for
}

TEST_CASE_FIXTURE(Streams, "a line of a mebibyte is not read to its end") {
    const std::string line(1 << 20, '2');
    Server server(loop, "127.0.0.1", says(line));
    for (auto* const dialogue :
         {+[] { return smtp(); }, +[] { return http(); }, +[] { return expecting("end"); }}) {
        const auto found = run(server, dialogue());
        CHECK_FALSE(found.ok);
        CHECK(found.detail.size() < 400);
    }
    testing::run_until(loop, [&] { return server.last().gone; });
}

TEST_CASE_FIXTURE(Streams, "a connection that is reset says so, whatever was asked") {
    Server server(loop, "127.0.0.1", [](Client& client) { client.reset(); });
    for (auto* const dialogue : {+[] { return smtp(); }, +[] { return http(); }, +[] { return haproxy(); },
                                 +[] { return expecting("x"); }}) {
        const auto found = run(server, dialogue());
        CHECK_FALSE(found.ok);
        INFO(found.detail);
        CHECK(has(found, "Connection reset by peer"));
    }
}

TEST_CASE_FIXTURE(Streams, "who closes at once is told where") {
    Server server(loop, "127.0.0.1", [](Client& client) { client.close(); });
    CHECK(has(run(server, smtp()), "closed before its banner"));
    CHECK(has(run(server, http()), "closed before its whole answer"));
    CHECK(has(run(server, haproxy()), "closed before its whole answer"));
}

TEST_CASE_FIXTURE(Streams, "who says why before it closes is heard") {
    Server server(loop, "127.0.0.1", says("554 5.7.1 go away\r\n", true));
    CHECK(run(server, smtp()).detail == "banner: 554 5.7.1 go away");
}

TEST_CASE_FIXTURE(Streams, "one octet after the other makes an answer too") {
    Server server(loop, "127.0.0.1", [](Client& client) {
        client.socket.set_option(asio::ip::tcp::no_delay(true));
        for (const char c : std::string("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"))
            asio::write(client.socket, asio::buffer(&c, 1));
    });
    CHECK(run(server, http()).detail == "status 200 OK");
}

TEST_CASE_FIXTURE(Streams, "a run that is ended early tells nobody and leaves nothing open") {
    Server server(loop, "127.0.0.1", nothing());
    auto connected = start(server.target(), smtp());
    testing::run_until(loop, [&] { return server.accepted() == 1; });
    const auto open = testing::open_descriptors();
    auto connecting_still = start(server.target(), smtp());
    CHECK(testing::open_descriptors() == open + 1);
    connecting_still.reset();
    CHECK(testing::open_descriptors() == open);
    connected.reset();
    CHECK(testing::open_descriptors() == open - 1);
    testing::run_until(loop, [&] { return server.last().gone; });
    CHECK(!finding);
}

TEST_CASE_FIXTURE(Streams, "five hundred checks of one server at once") {
    Server server(loop, "127.0.0.1", says("+PONG\r\n", true));
    const auto target = server.target();
    std::vector<unsigned> told(500);
    std::vector<std::unique_ptr<Prober>> probers;
    std::string first_fault;
    for (auto& count : told)
        probers.push_back(std::make_unique<Prober>(
            loop, Rhythm{.interval = 20ms, .jitter = 10ms, .timeout = 1h},
            [&](Done done) {
                return start_stream(loop, target, expecting("+PONG"), nullptr, std::move(done));
            },
            [&](const Verdict& verdict) {
                ++count;
                if (!verdict.ok && first_fault.empty())
                    first_fault = verdict.detail;
            }));
    testing::run_until(
        loop, [&] { return std::all_of(told.begin(), told.end(), [](unsigned n) { return n >= 3; }); });
    CHECK(first_fault.empty());
}
