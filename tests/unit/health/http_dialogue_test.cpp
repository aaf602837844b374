// What is asked of an HTTP server, and what is made of its answer, whatever that is.
#include "health/http_dialogue.h"

#include <doctest/doctest.h>

using namespace baton::health;
using Then = StreamAction::Then;

namespace {

HttpSettings http_check() {
    HttpSettings settings;
    settings.host = "www.example.org";
    settings.path = "/health?deep=1";
    return settings;
}

/// Of a dialogue that has asked.
StreamAction http_after(const HttpSettings& settings, const std::string& answer) {
    HttpDialogue dialogue(settings);
    (void)dialogue.connected();
    return dialogue.received(answer);
}

StreamAction http_after(const std::string& answer) { return http_after(http_check(), answer); }

/// Of one that looks for a word in the body.
HttpSettings http_body_check(const std::string& body = "hello") {
    auto settings = http_check();
    settings.body = body;
    return settings;
}

/// The same, and then the server closes.
StreamAction http_closed_after(const std::string& answer, const HttpSettings& settings = http_check()) {
    HttpDialogue dialogue(settings);
    (void)dialogue.connected();
    const auto last = dialogue.received(answer);
    return last.then == Then::close ? last : dialogue.closed();
}

StreamAction http_ends(bool ok, const std::string& detail) {
    return {.then = Then::close, .ok = ok, .detail = detail};
}

const StreamAction http_waits{};
const std::string answer_ok = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

} // namespace

TEST_CASE("http: one request, with nothing in it that was not asked for") {
    CHECK(HttpDialogue(http_check()).connected() ==
          StreamAction{.send = "GET /health?deep=1 HTTP/1.1\r\nHost: www.example.org\r\nUser-Agent: baton\r\n"
                               "Accept: */*\r\nConnection: close\r\n\r\n"});
}

TEST_CASE("http: an answer in pieces of one octet is an answer") {
    HttpDialogue dialogue(http_body_check());
    (void)dialogue.connected();
    for (std::size_t i = 0; i + 1 < answer_ok.size(); ++i)
        REQUIRE(dialogue.received(answer_ok.substr(i, 1)) == http_waits);
    CHECK(dialogue.received("o") == http_ends(true, "status 200 OK"));
}

TEST_CASE("http: the status is one of those that are asked for, both ends included") {
    auto settings = http_check();
    settings.status = {{204, 204}, {301, 302}};
    const auto status = [&](const std::string& line) {
        return http_after(settings, "HTTP/1.1 " + line + "\r\nContent-Length: 0\r\n\r\n");
    };
    CHECK(status("204 No Content") == http_ends(true, "status 204 No Content"));
    CHECK(status("301 Moved") == http_ends(true, "status 301 Moved"));
    CHECK(status("302 Found") == http_ends(true, "status 302 Found"));
    CHECK(status("200 OK") == http_ends(false, "status 200 OK, not 204, 301-302"));
    CHECK(status("303 See Other") == http_ends(false, "status 303 See Other, not 204, 301-302"));
    CHECK(status("503 Busy") == http_ends(false, "status 503 Busy, not 204, 301-302"));
}

TEST_CASE("http: a status is judged as soon as it is there, whatever body follows, or whether it ends") {
    const std::string head = "HTTP/1.1 200 OK\r\n";
    for (const std::string rest :
         {"\r\nhel", "Content-Length: 5\r\n\r\nhell", "Content-Length: 999999999999999\r\n\r\n",
          "Transfer-Encoding: chunked\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\nno chunk\r\n"})
        CHECK(http_after(head + rest) == http_ends(true, "status 200 OK"));
    CHECK(http_after(head + "\r\n" + std::string(2 * max_http_body, 'x')) ==
          http_ends(true, "status 200 OK"));
    CHECK(http_after(http_body_check(), "HTTP/1.1 503 Busy\r\nContent-Length: 5\r\n\r\n") ==
          http_ends(false, "status 503 Busy, not 200-399"));
}

TEST_CASE("http: what the body should have is looked for as it comes, in its first MiB") {
    const std::string head = "HTTP/1.1 200 OK\r\n\r\n";
    CHECK(http_after(http_body_check(), head + "say hello and go on") == http_ends(true, "status 200 OK"));
    const auto in_pieces_of = [&](std::size_t size, const std::string& answer) {
        HttpDialogue dialogue(http_body_check());
        auto last = dialogue.connected();
        for (std::size_t i = 0; i < answer.size() && last.then != Then::close; i += size)
            last = dialogue.received(answer.substr(i, size));
        return last;
    };
    const auto late = head + std::string(max_http_body - 5, 'x') + "hello";
    const auto too_late = head + std::string(max_http_body - 4, 'x') + "hello";
    for (const std::size_t size : {4096UL, 1013UL, late.size() * 2}) {
        CHECK(in_pieces_of(size, late) == http_ends(true, "status 200 OK"));
        CHECK_FALSE(in_pieces_of(size, too_late).ok);
        CHECK(in_pieces_of(size, too_late)
                  .detail.starts_with("status 200 OK, but the first MiB of its body does not have what it "
                                      "should; it begins: xxx"));
    }
    CHECK(in_pieces_of(4096, "HTTP/1.1 200 OK\r\nContent-Length: 999999999999999\r\n\r\n" +
                                 std::string(2 * max_http_body, 'x'))
              .detail.starts_with("status 200 OK, but the first MiB of its body does not have"));
}

TEST_CASE("http: the body has what it should, or it is quoted") {
    const auto settings = http_body_check();
    CHECK(http_after(settings, answer_ok) == http_ends(true, "status 200 OK"));
    CHECK(http_after(settings, "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhollow\nword") ==
          http_ends(false, "status 200 OK, but its body does not have what it should; it begins: hollow"));
}

TEST_CASE("http: a body in chunks is put together") {
    CHECK(http_after(http_body_check(),
                     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n")
              .ok);
}

TEST_CASE("http: a body in chunks may come in any pieces, an empty one too") {
    const std::string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (const auto* const body :
         {"0\r\n\r\n", "0\r\nX: y\r\n\r\n", "1\r\nx\r\n0\r\n\r\n", "2;a=b\r\nxy\r\n00\r\n\r\n"}) {
        const auto answer = head + body;
        for (std::size_t first = head.size() - 1; first < answer.size(); ++first)
            for (std::size_t second = first; second < answer.size(); ++second) {
                HttpDialogue dialogue(http_body_check());
                (void)dialogue.connected();
                REQUIRE(dialogue.received(answer.substr(0, first)) == http_waits);
                REQUIRE(dialogue.received(answer.substr(first, second - first)) == http_waits);
                REQUIRE(dialogue.received(answer.substr(second))
                            .detail.starts_with("status 200 OK, but its body does not have"));
            }
    }
}

TEST_CASE("http: a body without a length ends with the connection") {
    CHECK(http_after(http_body_check(), "HTTP/1.0 200 OK\r\n\r\nhel") == http_waits);
    CHECK(http_closed_after("HTTP/1.0 200 OK\r\n\r\nhel", http_body_check()) ==
          http_ends(false, "status 200 OK, but its body does not have what it should; it begins: hel"));
}

TEST_CASE("http: HEAD is answered without the body that its length is of") {
    auto settings = http_check();
    settings.method = "HEAD";
    CHECK(http_after(settings, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n") ==
          http_ends(true, "status 200 OK"));
}

TEST_CASE("http: interim answers are passed over (RFC 9110 section 15.2)") {
    const std::string interim = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
    CHECK(http_after("HTTP/1.1 100 Continue\r\n\r\n" + interim + answer_ok) ==
          http_ends(true, "status 200 OK"));
    CHECK(http_after(interim) == http_waits);
    CHECK(http_closed_after(interim) == http_ends(false, "closed before its whole answer"));
}

TEST_CASE("http: who closes too early is told so") {
    CHECK(http_closed_after("") == http_ends(false, "closed before its whole answer"));
    CHECK(http_closed_after("HTTP/1.1 200 O") == http_ends(false, "closed before its whole answer"));
    CHECK(http_closed_after("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", http_body_check()) ==
          http_ends(false, "closed before its whole answer"));
}

TEST_CASE("http: what is no HTTP is refused at once") {
    const auto action = http_after("SSH-2.0-OpenSSH_9.2\r\n\r\n");
    CHECK_FALSE(action.ok);
    CHECK(action.detail.starts_with("its answer is no HTTP that can be read: "));
}

TEST_CASE("http: headers have a limit, and so have interim answers") {
    CHECK(http_after("HTTP/1.1 200 OK\r\nX: " + std::string(max_http_header, 'x'))
              .detail.starts_with("its answer is no HTTP that can be read: "));
    std::string hints;
    for (int i = 0; i < 100; ++i)
        hints += "HTTP/1.1 103 Early Hints\r\n\r\n";
    CHECK(http_after(hints) == http_ends(false, "status 103 Early Hints, not 200-399"));
    CHECK(http_after(http_body_check(), hints) == http_ends(false, "status 103 Early Hints, not 200-399"));
}

TEST_CASE("http: the lines around chunks, and trailers, have a limit, at which it is bad at once") {
    const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (const std::string endless : {"5;", "5;a=\"", "0", "0\r\nX: ", "3\r\nabc\r\n1;b="}) {
        CAPTURE(endless);
        HttpDialogue dialogue(http_body_check());
        (void)dialogue.connected();
        auto action = dialogue.received(chunked + endless);
        std::size_t sent = 0;
        for (; action == http_waits && sent < 64; ++sent)
            action = dialogue.received(std::string(1024, endless == "0" ? '0' : 'x'));
        CHECK(action == http_ends(false, "its answer is no HTTP that can be read: header limit exceeded"));
        CHECK(sent == 16);
    }
}

TEST_CASE("http: who is slow is told what is missing") {
    HttpDialogue dialogue(http_body_check());
    (void)dialogue.connected();
    CHECK(HttpDialogue(http_body_check()).timed_out() == http_ends(false, "no whole answer"));
    (void)dialogue.received("HTTP/1.1 200 OK\r\n\r\nhel");
    CHECK(dialogue.timed_out() ==
          http_ends(false, "status 200 OK, but what its body should have did not come; it begins: hel"));
}

TEST_CASE("https: asks after the handshake, and says how that went wrong") {
    auto settings = http_check();
    settings.tls = true;
    HttpDialogue dialogue(settings);
    CHECK(dialogue.connected() == StreamAction{.then = Then::start_tls});
    CHECK(dialogue.tls_established().send.starts_with("GET /health"));
    CHECK(dialogue.received(answer_ok) == http_ends(true, "status 200 OK"));
    const auto shaking = [&] {
        HttpDialogue other(settings);
        (void)other.connected();
        return other;
    };
    CHECK(shaking().tls_failed("no") == http_ends(false, "TLS: no"));
    CHECK(shaking().closed() == http_ends(false, "closed during the TLS handshake"));
    CHECK(shaking().timed_out() == http_ends(false, "the TLS handshake was not done"));
}

TEST_CASE("http: what is decided stays") {
    HttpDialogue dialogue(http_check());
    (void)dialogue.connected();
    (void)dialogue.received(answer_ok);
    for (const auto& later : {dialogue.received("x"), dialogue.closed(), dialogue.timed_out()})
        CHECK(later == http_ends(true, "status 200 OK"));
}
