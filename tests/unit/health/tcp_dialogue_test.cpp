// Connect, perhaps say something, perhaps wait for something: what is sent, and what is concluded.
#include "health/tcp_dialogue.h"

#include <doctest/doctest.h>

using namespace baton::health;
using Then = StreamAction::Then;

namespace {

TcpDialogue over_tcp(const std::string& send, const std::string& expect) {
    return TcpDialogue({.send = send, .expect = expect});
}

TcpDialogue over_tls(const std::string& send, const std::string& expect) {
    return TcpDialogue({.tls = true, .send = send, .expect = expect});
}

StreamAction tcp_says(const std::string& text) { return {.send = text}; }

StreamAction tcp_ends(bool ok, const std::string& detail, const std::string& send = "") {
    return {.send = send, .then = Then::close, .ok = ok, .detail = detail};
}

const StreamAction tcp_waits{};

} // namespace

TEST_CASE("tcp: to be connected is enough, when nothing is expected") {
    CHECK(over_tcp("", "").connected() == tcp_ends(true, "connected"));
    CHECK(over_tcp("QUIT\r\n", "").connected() == tcp_ends(true, "connected", "QUIT\r\n"));
}

TEST_CASE("tcp: what is expected may come in pieces, with anything before and behind it") {
    auto dialogue = over_tcp("PING\r\n", "+PONG");
    CHECK(dialogue.connected() == tcp_says("PING\r\n"));
    CHECK(dialogue.received("hello\r\n+PO") == tcp_waits);
    CHECK(dialogue.received("NG\r\n") == tcp_ends(true, "answered: hello"));
}

TEST_CASE("tcp: octets are octets, zeros too") {
    const std::string zeros("\0\x01\0", 3);
    auto dialogue = over_tcp("", zeros);
    CHECK(dialogue.connected() == tcp_waits);
    CHECK(dialogue.received(std::string("\0\x01", 2)) == tcp_waits);
    CHECK(dialogue.received(std::string("\0", 1)).ok);
}

TEST_CASE("tcp: who sends something else is quoted, its first line and not all of that") {
    auto dialogue = over_tcp("", "+PONG");
    (void)dialogue.connected();
    CHECK(dialogue.received("-LOADING " + std::string(100, 'x') + "\r\nmore") == tcp_waits);
    CHECK(dialogue.closed() == tcp_ends(false, "closed before it sent what is expected; it sent: -LOADING " +
                                                   std::string(71, 'x') + "..."));
}

TEST_CASE("tcp: who sends nothing, closes or is late, is told so") {
    auto closing = over_tcp("", "x");
    (void)closing.connected();
    CHECK(closing.closed() == tcp_ends(false, "closed before it sent what is expected; it sent nothing"));
    auto silent = over_tcp("", "x");
    (void)silent.connected();
    CHECK(silent.timed_out() == tcp_ends(false, "it did not send what is expected; it sent nothing"));
}

TEST_CASE("tcp: no more than so much is read and kept") {
    auto dialogue = over_tcp("", "end");
    (void)dialogue.connected();
    const std::string kilobyte(1024, 'x');
    for (std::size_t read = 0; read + 1024 < max_tcp_answer; read += 1024)
        CHECK(dialogue.received(kilobyte) == tcp_waits);
    const auto last = dialogue.received(kilobyte + "end"); // the end lies behind
    CHECK_FALSE(last.ok);
    CHECK(last.then == Then::close);
    CHECK(
        last.detail.starts_with("what is expected is not in the first 64 KiB of what it sent; it sent: xx"));
}

TEST_CASE("tcp: what comes just within the limit counts") {
    auto dialogue = over_tcp("", "end");
    (void)dialogue.connected();
    CHECK(dialogue.received(std::string(max_tcp_answer - 3, 'x') + "end").ok);
}

TEST_CASE("tcp: with TLS nothing is said before it is established") {
    auto dialogue = over_tls("hello", "");
    CHECK(dialogue.connected() == StreamAction{.then = Then::start_tls});
    CHECK(dialogue.tls_established() == tcp_ends(true, "connected, with TLS", "hello"));
}

TEST_CASE("tcp: a handshake that fails, is cut short, or takes too long") {
    auto failing = over_tls("", "");
    (void)failing.connected();
    CHECK(failing.tls_failed("certificate has expired") == tcp_ends(false, "TLS: certificate has expired"));
    auto closing = over_tls("", "");
    (void)closing.connected();
    CHECK(closing.closed() == tcp_ends(false, "closed during the TLS handshake"));
    auto slow = over_tls("", "");
    (void)slow.connected();
    CHECK(slow.timed_out() == tcp_ends(false, "the TLS handshake was not done"));
}

TEST_CASE("tcp: what is decided stays, and nothing more is sent") {
    auto dialogue = over_tcp("hello", "");
    (void)dialogue.connected();
    for (const auto& later : {dialogue.received("x"), dialogue.closed(), dialogue.timed_out()})
        CHECK(later == tcp_ends(true, "connected"));
}
