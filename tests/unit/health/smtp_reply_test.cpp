// Replies in one piece, in many, several at once; and what is none.
#include "health/smtp_reply.h"

#include <doctest/doctest.h>

using namespace baton::health;
using Kind = SmtpFault::Kind;

namespace {

/// All replies of the bytes, fed in pieces of this size, and the fault that ended them.
struct Heard {
    std::vector<SmtpReply> replies;
    std::optional<SmtpFault> fault;

    friend bool operator==(const Heard&, const Heard&) = default;
};

Heard hear(std::string_view bytes, std::size_t size) {
    Heard heard;
    SmtpReplyReader reader;
    for (std::size_t at = 0; at < bytes.size() && !heard.fault; at += size) {
        auto piece = bytes.substr(at, size);
        while (const auto result = reader.read(piece)) {
            if (!*result) {
                heard.fault = result->error();
                break;
            }
            heard.replies.push_back(**result);
        }
    }
    return heard;
}

Heard hear(std::string_view bytes) {
    const auto whole = hear(bytes, bytes.size() + 1);
    for (const std::size_t size : {1U, 2U, 3U, 5U, 64U})
        CHECK(hear(bytes, size) == whole);
    return whole;
}

SmtpReply one(std::string_view bytes) {
    const auto heard = hear(bytes);
    REQUIRE(heard.replies.size() == 1);
    CHECK_FALSE(heard.fault.has_value());
    return heard.replies.front();
}

SmtpFault fault_of(std::string_view bytes) {
    const auto heard = hear(bytes);
    REQUIRE(heard.fault.has_value());
    return *heard.fault;
}

} // namespace

TEST_CASE("a reply of one line, of several, and without a text") {
    CHECK(one("220 mail.example.org ESMTP\r\n") == SmtpReply{220, "", {"mail.example.org ESMTP"}});
    CHECK(one("250-mail.example.org\r\n250-SIZE 1000\r\n250 STARTTLS\r\n") ==
          SmtpReply{250, "", {"mail.example.org", "SIZE 1000", "STARTTLS"}});
    CHECK(one("250\r\n") == SmtpReply{250, "", {""}});
    CHECK(one("250-\r\n250 \r\n") == SmtpReply{250, "", {"", ""}});
    CHECK(one("250-a\r\n250\r\n") == SmtpReply{250, "", {"a", ""}});
}

TEST_CASE("several replies at once are several, and a half one waits") {
    const auto heard = hear("220 a\r\n250-b\r\n250 c\r\n221 d\r\n250-e\r\n25");
    CHECK(heard.replies == std::vector<SmtpReply>{{220, "", {"a"}}, {250, "", {"b", "c"}}, {221, "", {"d"}}});
    CHECK_FALSE(heard.fault.has_value());
}

TEST_CASE("a reply is consumed with its end and no octet more") {
    SmtpReplyReader reader;
    std::string_view bytes = "220 a\r\n\x16\x03";
    REQUIRE(reader.read(bytes).has_value());
    CHECK(bytes == "\x16\x03");
    CHECK_FALSE(reader.in_reply());
}

TEST_CASE("LF alone ends a line, CR alone does not") {
    CHECK(one("250-a\n250 b\n") == SmtpReply{250, "", {"a", "b"}});
    CHECK(one("250 a\rb\r\r\n") == SmtpReply{250, "", {"a\rb\r"}});
}

TEST_CASE("any octets may stand in a text") {
    using namespace std::string_literals;
    const auto text = "caf\xc3\xa9 \xff\0\x1b[2J"s;
    CHECK(one("250 " + text + "\r\n").lines == std::vector<std::string>{text});
}

TEST_CASE("an enhanced code is one of the code's class, at the beginning of the text") {
    CHECK(one("454 4.7.0 TLS not available\r\n").enhanced == "4.7.0");
    CHECK(one("250 2.1.5\r\n").enhanced == "2.1.5");
    CHECK(one("550-5.123.456 a\r\n550 5.1.1 b\r\n").enhanced == "5.123.456");
    for (const std::string text : {"5.7.0 no", "4.7 no", "4.7.0x", "4.7.0.1 no", "4.1234.0 no", "4..0 no",
                                   "4.7. no", "4", "4.", "", "x 4.7.0"})
        CHECK_MESSAGE(one("454 " + text + "\r\n").enhanced == "", text);
}

TEST_CASE("the last two digits of a code may be any, the first is 2 to 5") {
    CHECK(one("571 no\r\n").code == 571);
    CHECK(one("299 yes\r\n").code == 299);
    for (const std::string line : {"150 a", "650 a", "25 a", "2x0 a", "25", "2", "", " 220 a", "220a",
                                   "220_a", "2200 a", "GET / HTTP/1.1", "SSH-2.0-OpenSSH_9.2"})
        CHECK(fault_of(line + "\r\n") == SmtpFault{Kind::garbage, line});
    CHECK(describe(fault_of("* OK IMAP4rev1\r\n")) == "sent what is not SMTP: * OK IMAP4rev1");
}

TEST_CASE("a second code in a reply is a fault") {
    CHECK(fault_of("250-a\r\n251 b\r\n") == SmtpFault{Kind::mixed_codes, "251 b"});
    CHECK(describe(fault_of("250-a\r\n550 b\r\n")) == "sent two codes in one reply: 550 b");
}

TEST_CASE("lines are bounded") {
    const auto line = "250 " + std::string(max_smtp_line - 6, 'x');
    CHECK(one(line + "\r\n").lines.front().size() == max_smtp_line - 6);
    const auto fault = fault_of(line + "x\r\n");
    CHECK(fault.kind == Kind::line_too_long);
    CHECK(describe(fault) == "sent a line of more than 1024 octets: 250 " + std::string(76, 'x') + "...");
    CHECK(fault_of(std::string(max_smtp_line, 'x')).kind == Kind::line_too_long);
    CHECK_FALSE(hear(line + "x").fault.has_value());
}

TEST_CASE("replies are bounded") {
    std::string most;
    for (std::size_t i = 1; i < max_smtp_lines; ++i)
        most += "250-x\r\n";
    CHECK(one(most + "250 x\r\n").lines.size() == max_smtp_lines);
    CHECK(fault_of(most + "250-x\r\n250 y\r\n") == SmtpFault{Kind::too_many_lines, "250 y"});
}

TEST_CASE("after a fault there is nothing but the fault") {
    SmtpReplyReader reader;
    std::string_view bytes = "hello\r\n220 a\r\n";
    REQUIRE(reader.read(bytes).has_value());
    const auto again = reader.read(bytes);
    REQUIRE(again.has_value());
    CHECK(again->error() == SmtpFault{Kind::garbage, "hello"});
    std::string_view none;
    CHECK(reader.read(none).has_value());
    CHECK(reader.hopeless() == again->error());
}

TEST_CASE("half a line can be hopeless already") {
    const auto hopeless = [](std::string_view bytes) {
        SmtpReplyReader reader;
        CHECK_FALSE(reader.read(bytes).has_value());
        return reader.hopeless().has_value();
    };
    for (const std::string text : {"", "2", "22", "220", "220-", "220 x", "220\r", "250-a\r\n25"})
        CHECK_MESSAGE(!hopeless(text), text);
    for (const std::string text : {"G", "2G", "22G", "2200", "220x", "\x16\x03", "250-a\r\nx"})
        CHECK_MESSAGE(hopeless(text), text);
}

TEST_CASE("a reply in words is one line, short, with its enhanced code once") {
    CHECK(describe(SmtpReply{454, "4.7.0", {"4.7.0 TLS not available"}}) == "454 4.7.0 TLS not available");
    CHECK(describe(SmtpReply{550, "5.7.1", {"5.7.1 go", "5.7.1 away", "now"}}) == "550 5.7.1 go away now");
    CHECK(describe(SmtpReply{250, "", {""}}) == "250");
    CHECK(describe(SmtpReply{250, "", {"", "a"}}) == "250 a");
    const auto text = describe(SmtpReply{250, "", std::vector<std::string>(50, std::string(90, 'x'))});
    CHECK(text.size() == 203);
    CHECK(text.ends_with("x..."));
}
