// What comes back to a question to a DNS server: health/dns_message.
//
//   octet 0         type asked for; whether something is expected; whether the ID and the question are put
//                   before the rest, as chance never finds them
//   the rest        the answer, or what stands behind the question in it
#include "health/dns_message.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/target.h"

#include <array>

using namespace baton;
using namespace baton::health;
using fuzz::must;

namespace {

using Octets = std::vector<std::uint8_t>;

constexpr std::uint16_t id = 0x1234;
constexpr std::size_t option_size = 11; // what stands behind the question in a query

DnsQuestion question_from(std::uint8_t bits) {
    constexpr std::array types{DnsType::a, DnsType::aaaa, DnsType::mx};
    DnsQuestion question{.name = "mail.example.org", .type = types[(bits & 3U) % types.size()]};
    if ((bits & 4) != 0)
        question.expect = question.type == DnsType::mx ? "mx.example.org" : "10.0.1.10";
    return question;
}

/// The rest begins with the flags and numbers of records, without that of questions.
Octets with_question(const Octets& query, const Octets& rest) {
    Octets reply(query.begin(), query.begin() + 2);
    auto next = rest.begin();
    const auto take = [&](std::ptrdiff_t count) {
        const auto end = next + std::min(count, rest.end() - next);
        reply.insert(reply.end(), next, end);
        next = end;
    };
    take(2);
    reply.insert(reply.end(), {0, 1});
    take(6);
    if (reply.size() != 12)
        return reply;
    reply.insert(reply.end(), query.begin() + 12, query.end() - option_size);
    reply.insert(reply.end(), next, rest.end());
    return reply;
}

void check(const DnsQuestion& question, const Octets& query, const Octets& reply) {
    const auto found = judge_dns_reply(question, query, reply);
    if (!found)
        return;
    must(reply.size() >= 12 && reply[0] == query[0] && reply[1] == query[1],
         "an answer has the question's ID");
    must(found->detail.starts_with(describe(question) + ": ") && found->detail.size() < 5000,
         "it has a reason, a short one");
    must(!found->ok || (reply[2] & 0x82) == 0x80, "who is well has given a whole answer");
    must(!found->ok || (reply[3] & 0x0f) == 0, "and no error");
    must(!found->ok || reply.size() > query.size() - option_size, "with a record");
    auto anything = question;
    anything.expect.clear();
    must(!found->ok || judge_dns_reply(anything, query, reply)->ok,
         "who expects nothing is content with more");
    auto other = query;
    other[0] ^= 1;
    must(!judge_dns_reply(question, other, reply), "it is no answer to another question");
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input({data, size});
    const auto how = input.byte();
    const auto question = question_from(how);
    const auto query = *encode_dns_query(question, id);
    const auto rest = input.take_copy(size);
    check(question, query, (how & 8) != 0 ? with_question(query, rest) : rest);
    return 0;
}
