// Which answers of a DNS server are answers to our question, and which of these are good.
#include "health/dns_message.h"

#include "tests/unit/health/dns_replies.h"

using namespace baton;
using namespace baton::health;
using namespace baton::testing;

namespace {

const DnsQuestion address{.name = "mail.example.org"};
const DnsQuestion address6{.name = "mail.example.org", .type = DnsType::aaaa};
const DnsQuestion exchange{.name = "example.org", .type = DnsType::mx};
const Octets ten{10, 0, 1, 10};
const Octets eleven{10, 0, 1, 11};

Octets query_for(const DnsQuestion& question) { return *encode_dns_query(question, 0x1234); }

std::optional<Finding> judged(const DnsQuestion& question, const std::vector<Octets>& records,
                              unsigned flags = 0x8180) {
    const auto query = query_for(question);
    return judge_dns_reply(question, query, reply_to(query, records, flags));
}

DnsQuestion expecting(DnsQuestion question, const std::string& what) {
    question.expect = what;
    return question;
}

} // namespace

TEST_CASE("a question octet by octet") {
    Octets wanted{0x12, 0x34, 0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 1}; // recursion desired; one question, EDNS
    append(wanted, labels("mail.example.org"));
    append(wanted, {0, 1, 0, 1});
    append(wanted, {0, 0, 41, 0x04, 0xd0, 0, 0, 0, 0, 0, 0}); // OPT: 1232 octets
    CHECK(query_for(address) == wanted);
    CHECK(query_for({.name = "mail.example.org."}) == wanted);
}

TEST_CASE("a name that cannot be written is refused") {
    CHECK(encode_dns_query({.name = "a..b"}, 1).has_error());
    CHECK(encode_dns_query({.name = std::string(64, 'a')}, 1).has_error());
    CHECK(encode_dns_query({.name = std::string("a\0b", 3)}, 1).has_error());
    std::string long_name;
    for (int i = 0; i < 60; ++i)
        long_name += "abcd.";
    const auto refused = encode_dns_query({.name = long_name}, 1);
    REQUIRE(refused.has_error());
    CHECK(refused.error().text.starts_with("\"abcd."));
}

TEST_CASE("records of the type make it good, and are told") {
    CHECK(judged(address, {record(DnsType::a, ten), record(DnsType::a, eleven)})->detail ==
          "A of mail.example.org: 10.0.1.10, 10.0.1.11");
    CHECK(judged(address, {record(DnsType::a, ten)})->ok);
    const auto six =
        judged(address6, {record(DnsType::aaaa, {0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1})});
    CHECK(six->ok);
    CHECK(six->detail == "AAAA of mail.example.org: 2001:db8::1");
    const auto mx = judged(exchange, {record(DnsType::mx, mx_data(10, "mail1.example.org")),
                                      record(DnsType::mx, mx_data(20, "mail2.example.org"))});
    CHECK(mx->ok);
    CHECK(mx->detail == "MX of example.org: 10 mail1.example.org, 20 mail2.example.org");
}

TEST_CASE("an alias in the same answer is followed") {
    constexpr auto cname = static_cast<DnsType>(5);
    const auto target = labels("web.example.org");
    // Its target stands behind the header, the question, and ten octets of the record.
    const auto at = static_cast<unsigned>(12 + labels("mail.example.org").size() + 4 + 12);
    const auto found = judged(address, {record(cname, target), record(DnsType::a, ten, at)});
    CHECK(found->ok);
    CHECK(found->detail == "A of mail.example.org: 10.0.1.10");
    CHECK_FALSE(judged(address, {record(cname, target)})->ok);
}

TEST_CASE("no record, or none of the type, is bad") {
    CHECK(judged(address, {})->detail == "A of mail.example.org: there is none");
    CHECK_FALSE(judged(address, {})->ok);
    CHECK_FALSE(judged(exchange, {record(DnsType::a, ten)})->ok);
    CHECK_FALSE(judged(address6, {record(DnsType::a, ten)})->ok);
    CHECK_FALSE(judged(address, {record(DnsType::aaaa, Octets(16, 1))})->ok);
}

TEST_CASE("what is expected must be among them, in whatever form it is written") {
    const std::vector<Octets> both{record(DnsType::a, ten), record(DnsType::a, eleven)};
    CHECK(judged(expecting(address, "10.0.1.11"), both)->ok);
    const auto other = judged(expecting(address, "10.0.1.12"), both);
    CHECK_FALSE(other->ok);
    CHECK(other->detail == "A of mail.example.org: 10.0.1.10, 10.0.1.11; not 10.0.1.12");
    const std::vector<Octets> six{
        record(DnsType::aaaa, {0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1})};
    CHECK(judged(expecting(address6, "2001:DB8:0::1"), six)->ok);
    const std::vector<Octets> mx{record(DnsType::mx, mx_data(10, "Mail1.example.org"))};
    CHECK(judged(expecting(exchange, "mail1.EXAMPLE.org."), mx)->ok);
    CHECK_FALSE(judged(expecting(exchange, "mail1.example"), mx)->ok);
}

TEST_CASE("all records of an answer are looked at, as many as there are") {
    std::vector<Octets> four;
    std::vector<Octets> six;
    for (std::uint8_t i = 0; i < 200; ++i) {
        four.push_back(record(DnsType::a, {10, 0, 2, i}));
        six.push_back(record(DnsType::aaaa, {0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, i}));
    }
    CHECK(judged(expecting(address, "10.0.2.199"), four)->ok);
    CHECK(judged(expecting(address6, "fd00::c7"), six)->ok);
    CHECK_FALSE(judged(expecting(address, "10.0.2.200"), four)->ok);
}

TEST_CASE("the MX record that says that nobody takes mail is bad (RFC 7505)") {
    const auto null = record(DnsType::mx, mx_data(0, ""));
    const auto told = judged(exchange, {null});
    CHECK_FALSE(told->ok);
    CHECK(told->detail == "MX of example.org: 0 .: it takes no mail (null MX)");
    CHECK_FALSE(judged(expecting(exchange, "mx1.example.org"), {null})->ok);
    CHECK(judged(exchange, {null, record(DnsType::mx, mx_data(10, "mx1.example.org"))})->ok);
}

TEST_CASE("a server that refuses is named by its code") {
    CHECK(judged(address, {}, 0x8182)->detail == "A of mail.example.org: SERVFAIL");
    CHECK(judged(address, {}, 0x8183)->detail == "A of mail.example.org: NXDOMAIN");
    CHECK(judged(address, {}, 0x8185)->detail == "A of mail.example.org: REFUSED");
    CHECK(judged(address, {}, 0x8189)->detail == "A of mail.example.org: RCODE 9");
    CHECK_FALSE(judged(address, {record(DnsType::a, ten)}, 0x8183)->ok); // records or not
    const Octets without_question{0x12, 0x34, 0x81, 0x81, 0, 0, 0, 0, 0, 0, 0, 0};
    CHECK(judge_dns_reply(address, query_for(address), without_question)->detail ==
          "A of mail.example.org: FORMERR");
}

TEST_CASE("an answer that is cut off is bad, though it has records") {
    const auto cut = judged(address, {record(DnsType::a, ten)}, 0x8380);
    CHECK_FALSE(cut->ok);
    CHECK(cut->detail == "A of mail.example.org: the answer is cut off: too long for UDP");
}

TEST_CASE("what is no answer to the question is passed over") {
    const auto query = query_for(address);
    const auto good = reply_to(query, {record(DnsType::a, ten)});
    REQUIRE(judge_dns_reply(address, query, good)->ok);
    for (std::size_t at = 0; at < 2; ++at) { // its ID
        auto other = good;
        other[at] ^= 1;
        CHECK_FALSE(judge_dns_reply(address, query, other));
    }
    CHECK_FALSE(judged(address, {}, 0x0100)); // a question
    CHECK_FALSE(judged(address, {}, 0x8980)); // an answer to another kind of question
    const auto end = 12 + labels("mail.example.org").size() + 4;
    for (std::size_t at = 12; at < end; ++at) {
        auto other = good;
        other[at] ^= 1;
        CHECK_FALSE(judge_dns_reply(address, query, other));
    }
    for (std::size_t size = 0; size < end; ++size)
        CHECK_FALSE(judge_dns_reply(address, query, std::span(good).first(size)));
    const Octets nothing_asked{0x12, 0x34, 0x81, 0x80, 0, 0, 0, 0, 0, 0, 0, 0}; // and NOERROR
    CHECK_FALSE(judge_dns_reply(address, query, nothing_asked));
}

TEST_CASE("letters of the name may come back in another case") {
    const auto query = query_for(address);
    auto reply = reply_to(query, {record(DnsType::a, ten)});
    reply[13] = 'M';
    CHECK(judge_dns_reply(address, query, reply)->ok);
}

TEST_CASE("records that are not whole, or turn in a circle, are bad") {
    const auto query = query_for(exchange);
    const auto good = reply_to(query, {record(DnsType::mx, mx_data(10, "mail1.example.org"))});
    const auto end = 12 + labels("example.org").size() + 4;
    for (std::size_t size = end; size < good.size(); ++size) {
        const auto found = judge_dns_reply(exchange, query, std::span(good).first(size));
        REQUIRE(found);
        CHECK_FALSE(found->ok);
        CHECK(found->detail.starts_with("MX of example.org: its answer cannot be read: "));
    }
    auto circle = record(DnsType::mx, {0, 10, 0xc0, 0});
    circle.back() = static_cast<std::uint8_t>(end + 14); // the exchange's name is itself
    CHECK_FALSE(judge_dns_reply(exchange, query, reply_to(query, {circle}))->ok);
}
