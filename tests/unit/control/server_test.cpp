// The control server on a real socket: good clients, bad clients, slow clients, and many of them.
#include "running_server.h"

#include <memory>
#include <sys/resource.h>
#include <vector>

using namespace baton;
using namespace baton::control;
using namespace baton::testing;
using namespace std::chrono_literals;

namespace {

bool answers(const RunningServer& server) {
    const RawClient client(server.path());
    return client.send(request("/healthz")) && client.receive_answer().ends_with("{\"status\":\"ok\"}\n");
}

std::string answer_to(const RunningServer& server, const std::string& octets) {
    const RawClient client(server.path());
    client.send(octets);
    return client.receive_to_the_end();
}

} // namespace

TEST_CASE("an answer is HTTP/1.1 with JSON, and the connection stays open for more") {
    const RunningServer server;
    const RawClient client(server.path());
    for (int i = 0; i < 3; ++i) {
        client.send(request("/v1/status"));
        const auto answer = client.receive_answer();
        CHECK(answer.starts_with("HTTP/1.1 200 OK\r\n"));
        CHECK(answer.find("\r\nContent-Type: application/json\r\n") != std::string::npos);
        CHECK(answer.find("\r\n\r\n{\"version\":\"0.1.0\",\"node\":\"lb1\",") != std::string::npos);
        CHECK(answer.ends_with("}\n"));
    }
    client.send(request("/healthz") + request("/v1/instances/VI_9")); // two at once
    CHECK(client.receive_answer().starts_with("HTTP/1.1 200 OK\r\n"));
    CHECK(client.receive_answer().starts_with("HTTP/1.1 404 Not Found\r\n"));
}

TEST_CASE("it hangs up where the client wants so") {
    const RunningServer server;
    CHECK(answer_to(server, request("/healthz", "Connection: close\r\n")).ends_with("}\n"));
    CHECK(answer_to(server, "GET /healthz HTTP/1.0\r\n\r\n").starts_with("HTTP/1.0 200 OK\r\n"));
}

TEST_CASE("other methods are told what is allowed") {
    const RunningServer server;
    const auto answer =
        answer_to(server, "POST /v1/status HTTP/1.1\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbody");
    CHECK(answer.starts_with("HTTP/1.1 405 Method Not Allowed\r\n"));
    CHECK(answer.find("\r\nAllow: GET\r\n") != std::string::npos);
}

TEST_CASE("a HEAD, whose answer has no body to a client's mind, ends the connection") {
    const RunningServer server;
    const auto answer = answer_to(server, "HEAD /healthz HTTP/1.1\r\nHost: batond\r\n\r\n");
    CHECK(answer.starts_with("HTTP/1.1 405 Method Not Allowed\r\n"));
    CHECK(answer.find("\r\nConnection: close\r\n") != std::string::npos);
}

TEST_CASE("garbage is told to be so, and hung up on") {
    const RunningServer server;
    const std::vector<std::string> garbage{
        "hello\r\n\r\n",
        "GET\r\n\r\n",
        "GET /v1/status HTTP/9.9\r\n\r\n",
        "GET /v1/status HTTP/1.1\r\nno colon\r\n\r\n",
        "GET /v1/status HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11) + std::string(200, '\0'), // TLS
    };
    for (const auto& octets : garbage) {
        CAPTURE(octets);
        const auto answer = answer_to(server, octets);
        CHECK(answer.starts_with("HTTP/1.1 400 Bad Request\r\n"));
        CHECK(answer.find("{\"error\":\"") != std::string::npos);
    }
    CHECK(answers(server));
}

TEST_CASE("too long a header or body is refused, not kept") {
    const RunningServer server;
    CHECK(answer_to(server, request("/v1/status", "X: " + std::string(100'000, 'x') + "\r\n"))
              .starts_with("HTTP/1.1 431 Request Header Fields Too Large\r\n"));
    CHECK(answer_to(server, request("/" + std::string(100'000, 'x')))
              .starts_with("HTTP/1.1 431 Request Header Fields Too Large\r\n"));
    CHECK(answer_to(server, request("/v1/status", "Content-Length: 1000000\r\n") + std::string(1000, 'x'))
              .starts_with("HTTP/1.1 413 Payload Too Large\r\n"));
    CHECK(answers(server));
}

TEST_CASE("a body in chunks is refused, in one piece or in many") {
    const RunningServer server;
    const auto chunked = request("/v1/reload", "Transfer-Encoding: chunked\r\n");
    CHECK(answer_to(server, chunked + "0\r\n\r\n").starts_with("HTTP/1.1 400 Bad Request\r\n"));
    CHECK(answer_to(server, chunked + "0\r\n").find("Content-Length") != std::string::npos);
    CHECK(answers(server));
}

TEST_CASE("the limits are those given") {
    Limits limits;
    limits.header_bytes = 100;
    limits.body_bytes = 10;
    const RunningServer server(limits);
    CHECK(answer_to(server, request("/v1/status", "X: " + std::string(100, 'x') + "\r\n"))
              .starts_with("HTTP/1.1 431 "));
    CHECK(answer_to(server, request("/v1/status", "Content-Length: 11\r\n") + "hello there")
              .starts_with("HTTP/1.1 413 "));
    CHECK(answers(server));
}

TEST_CASE("a client that hangs is hung up on, and holds nobody up meanwhile") {
    Limits limits;
    limits.exchange = 300ms;
    const RunningServer server(limits);
    const RawClient silent(server.path());
    const RawClient slow(server.path());
    slow.send("GET /v1/sta");
    const RawClient idle(server.path());
    idle.send(request("/healthz"));
    CHECK(idle.receive_answer().starts_with("HTTP/1.1 200 OK\r\n"));
    CHECK(answers(server));
    CHECK(silent.receive_to_the_end().empty());
    CHECK(slow.receive_to_the_end().empty());
    CHECK(idle.receive_to_the_end().empty());
    CHECK(answers(server));
}

TEST_CASE("a client that asks and never reads is hung up on") {
    Limits limits;
    limits.exchange = 300ms;
    const RunningServer server(limits);
    const RawClient greedy(server.path());
    // Until the server, whose answers are stuck, stops to read, and then hangs up.
    while (greedy.send(request("/v1/status"))) {
    }
    CHECK(answers(server));
}

TEST_CASE("a client that leaves in the middle is nobody's trouble") {
    const RunningServer server;
    for (const std::string octets : {"", "GET /v1/st", "GET /v1/status HTTP/1.1\r\n\r\n"})
        for (int i = 0; i < 20; ++i) {
            const RawClient client(server.path());
            client.send(octets);
        }
    CHECK(answers(server));
}

TEST_CASE("one connection more than the limit costs the oldest one, not the newest") {
    Limits limits;
    limits.connections = 8;
    const RunningServer server(limits);
    std::vector<std::unique_ptr<RawClient>> hanging;
    for (int i = 0; i < 50; ++i) {
        hanging.push_back(std::make_unique<RawClient>(server.path()));
        hanging.back()->send("GET /");
    }
    CHECK(answers(server)); // accepted after all of them
    for (std::size_t i = 0; i < 50 - 8; ++i)
        CHECK(hanging[i]->receive_to_the_end().empty());
    hanging.back()->send("healthz HTTP/1.1\r\n\r\n");
    CHECK(hanging.back()->receive_answer().starts_with("HTTP/1.1 200 OK\r\n"));
}

TEST_CASE("no descriptor is left behind by a thousand clients") {
    const RunningServer server;
    CHECK(answers(server));
    // The server notices the end of a client in its own time: ask on a connection that came after.
    const auto settled = [&] {
        const RawClient last(server.path());
        last.send(request("/healthz"));
        CHECK(last.receive_answer().ends_with("}\n"));
        return open_descriptors();
    };
    const auto before = settled();
    for (int i = 0; i < 1000; ++i)
        CHECK(answer_to(server, request("/healthz", "Connection: close\r\n")).ends_with("}\n"));
    CHECK(settled() <= before);
}

TEST_CASE("without a free descriptor it waits for one") {
    const RunningServer server;
    const RawClient first(server.path()); // stays open: no descriptor comes free by itself
    first.send(request("/healthz"));
    CHECK(first.receive_answer().ends_with("}\n"));
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
    const Descriptor lowest_free(::fcntl(0, F_DUPFD_CLOEXEC, 0)); // the client's, in a moment
    REQUIRE(lowest_free);
    const auto number = static_cast<rlim_t>(lowest_free.get());
    ::close(lowest_free.get());
    rlimit tight = before;
    tight.rlim_cur = number + 1;
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &tight) == 0);
    std::optional<RawClient> client;
    client.emplace(server.path());
    client->send(request("/healthz"));
    // What is in use goes on; by the time of its answer the newcomer has been refused once.
    first.send(request("/healthz"));
    CHECK(first.receive_answer().ends_with("}\n"));
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
    CHECK(client->receive_answer().ends_with("}\n"));
}

TEST_CASE("closing it hangs up on everybody and removes the socket") {
    auto server = std::make_unique<RunningServer>();
    const auto path = server->path();
    const RawClient idle(path);
    const RawClient asking(path);
    asking.send(request("/healthz"));
    CHECK(asking.receive_answer().ends_with("}\n"));
    boost::asio::io_context loop;
    {
        const Scratch scratch;
        Server other(loop, {[] { return Report{}; }});
        REQUIRE(other.open(scratch.path("s")).has_value());
        CHECK(std::filesystem::exists(scratch.path("s")));
        other.close();
        CHECK(!std::filesystem::exists(scratch.path("s")));
        other.close(); // twice is harmless
    }
    loop.run(); // nothing waits any more
    server.reset();
    CHECK(idle.receive_to_the_end().empty());
    CHECK(asking.receive_to_the_end().empty());
}

TEST_CASE("it says why it cannot open") {
    boost::asio::io_context loop;
    Server server(loop, {[] { return Report{}; }});
    CHECK(server.open("/nonexistent/control.sock").error().text ==
          "cannot open the runtime directory /nonexistent: No such file or directory");
}
