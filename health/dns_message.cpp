#include "health/dns_message.h"

#include "base/address.h"
#include "base/bytes.h"
#include "health/list.h"

#include <algorithm>
#include <ares.h>
#include <array>
#include <memory>

namespace baton::health {
namespace {

using Octets = std::span<const std::uint8_t>;

constexpr int class_internet = 1;
constexpr int largest_answer = 1232; // fits into IPv6's smallest MTU, as DNS flag day 2020 recommends
constexpr std::size_t header_size = 12;

struct Header {
    std::uint16_t id;
    std::uint16_t flags;
    std::uint16_t questions;

    [[nodiscard]] bool is_answer() const { return (flags & 0xf800) == 0x8000; } // QR, and a standard query's
    [[nodiscard]] bool is_truncated() const { return (flags & 0x0200) != 0; }
    [[nodiscard]] unsigned code() const { return flags & 0x000fU; }
};

std::optional<Header> header_of(Octets message) {
    if (message.size() < header_size)
        return std::nullopt;
    ByteReader reader(message);
    return Header{.id = *reader.u16(), .flags = *reader.u16(), .questions = *reader.u16()};
}

std::uint8_t lower(std::uint8_t octet) {
    return octet >= 'A' && octet <= 'Z' ? static_cast<std::uint8_t>(octet + ('a' - 'A')) : octet;
}

/// The name, type and class that our own query asks for: the name's labels end with an empty one.
Octets question_of(Octets query) {
    std::size_t end = header_size;
    while (query[end] != 0)
        end += 1U + query[end];
    return query.subspan(header_size, end + 5 - header_size);
}

/// Letters of either case are the same; lengths of labels and numbers of types are no letters.
bool asks_the_same(Octets query, Octets reply) {
    const auto asked = question_of(query);
    if (reply.size() < header_size + asked.size())
        return false;
    return std::equal(asked.begin(), asked.end(), reply.begin() + header_size,
                      [](std::uint8_t a, std::uint8_t b) { return lower(a) == lower(b); });
}

/// A server that cannot read a question may leave it out of its refusal.
bool is_reply_to(Octets query, Octets reply) {
    const auto sent = header_of(query);
    const auto header = header_of(reply);
    if (!sent || !header || header->id != sent->id || !header->is_answer())
        return false;
    if (header->questions == 0)
        return header->code() != 0;
    return header->questions == 1 && asks_the_same(query, reply);
}

std::string name_of_code(unsigned code) {
    constexpr std::array<const char*, 6> names{"NOERROR",  "FORMERR", "SERVFAIL",
                                               "NXDOMAIN", "NOTIMP",  "REFUSED"};
    return code < names.size() ? names[code] : "RCODE " + std::to_string(code);
}

std::string name_of_type(DnsType type) {
    switch (type) {
    case DnsType::a:
        return "A";
    case DnsType::mx:
        return "MX";
    case DnsType::aaaa:
        return "AAAA";
    }
    return {};
}

/// A record as it is shown, and what of it is held against what is expected.
struct Record {
    std::string shown;
    std::string value;
};

using Records = Result<std::vector<Record>, Error>;

/// c-ares says by an error that there is no such record.
Records none_because(int status) {
    if (status == ARES_ENODATA)
        return std::vector<Record>{};
    return Error{"its answer cannot be read: " + std::string(ares_strerror(status))};
}

/// The shortest an answer can have: the name of the root, type, class, TTL, length, and an IPv4 address.
constexpr std::size_t smallest_record = 15;

/// Of A and AAAA.
template <class AddressTtl, class Parse, class OctetsOf>
Records addresses(Octets reply, Parse parse, OctetsOf octets_of, Family family) {
    std::vector<AddressTtl> found(reply.size() / smallest_record + 1);
    int count = static_cast<int>(found.size());
    const int status = parse(reply.data(), static_cast<int>(reply.size()), nullptr, found.data(), &count);
    if (status != ARES_SUCCESS)
        return none_because(status);
    std::vector<Record> records;
    records.reserve(static_cast<std::size_t>(count));
    for (const auto& each : std::span(found).first(static_cast<std::size_t>(count))) {
        const auto* const octets = reinterpret_cast<const std::uint8_t*>(octets_of(each));
        const auto text = IpAddress::from_bytes(family, {octets, address_size(family)}).to_string();
        records.push_back({text, text});
    }
    return records;
}

/// Not the name of a mail server, but the root's: nobody takes mail (RFC 7505).
bool is_null(std::string_view exchange) { return exchange.empty() || exchange == "."; }

std::string shown_exchange(const ares_mx_reply& record) { return is_null(record.host) ? "." : record.host; }

Records exchanges(Octets reply) {
    ares_mx_reply* first = nullptr;
    const int status = ares_parse_mx_reply(reply.data(), static_cast<int>(reply.size()), &first);
    const std::unique_ptr<ares_mx_reply, decltype(&ares_free_data)> kept(first, &ares_free_data);
    if (status != ARES_SUCCESS)
        return none_because(status);
    std::vector<Record> records;
    for (const auto* each = first; each != nullptr; each = each->next)
        records.push_back({std::to_string(each->priority) + " " + shown_exchange(*each), each->host});
    return records;
}

Records records_of(DnsType type, Octets reply) {
    switch (type) {
    case DnsType::mx:
        return exchanges(reply);
    case DnsType::aaaa:
        return addresses<ares_addr6ttl>(
            reply, &ares_parse_aaaa_reply, [](const ares_addr6ttl& each) { return &each.ip6addr; },
            Family::ipv6);
    case DnsType::a:
        break;
    }
    return addresses<ares_addrttl>(
        reply, &ares_parse_a_reply, [](const ares_addrttl& each) { return &each.ipaddr; }, Family::ipv4);
}

/// Addresses in the one form they have here; names in small letters and without the last dot.
std::string normal(std::string_view value) {
    if (const auto address = IpAddress::parse(value))
        return address->to_string();
    std::string text(value.ends_with('.') ? value.substr(0, value.size() - 1) : value);
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return static_cast<char>(lower(static_cast<std::uint8_t>(c))); });
    return text;
}

Finding judge_records(const DnsQuestion& question, const std::vector<Record>& records) {
    const auto asked = describe(question) + ": ";
    if (records.empty())
        return {.detail = asked + "there is none"};
    std::vector<std::string> all;
    all.reserve(records.size());
    for (const auto& record : records)
        all.push_back(record.shown);
    const auto told = asked + first_of(all, ", ");
    if (question.type == DnsType::mx && std::all_of(records.begin(), records.end(), [](const Record& record) {
            return is_null(record.value);
        }))
        return {.detail = told + ": it takes no mail (null MX)"};
    const auto expected = normal(question.expect);
    const bool ok = expected.empty() ||
                    std::any_of(records.begin(), records.end(),
                                [&](const Record& record) { return normal(record.value) == expected; });
    return {.ok = ok, .detail = ok ? told : told + "; not " + question.expect};
}

} // namespace

std::string describe(const DnsQuestion& question) {
    return name_of_type(question.type) + " of " + question.name;
}

Result<std::vector<std::uint8_t>, Error> encode_dns_query(const DnsQuestion& question, std::uint16_t id) {
    unsigned char* written = nullptr;
    int size = 0;
    const int status =
        ares_create_query(question.name.c_str(), class_internet, static_cast<int>(question.type), id, 1,
                          &written, &size, largest_answer);
    const std::unique_ptr<unsigned char, decltype(&ares_free_string)> kept(written, &ares_free_string);
    if (status != ARES_SUCCESS || question.name.find('\0') != std::string::npos)
        return Error{"\"" + question.name + "\" cannot be asked for: " + ares_strerror(status)};
    return std::vector<std::uint8_t>(written, written + size);
}

std::optional<Finding> judge_dns_reply(const DnsQuestion& question, Octets query, Octets reply) {
    if (!is_reply_to(query, reply))
        return std::nullopt;
    const auto header = *header_of(reply);
    const auto asked = describe(question) + ": ";
    if (header.code() != 0)
        return Finding{.detail = asked + name_of_code(header.code())};
    if (header.is_truncated())
        return Finding{.detail = asked + "the answer is cut off: too long for UDP"};
    const auto records = records_of(question.type, reply);
    if (!records)
        return Finding{.detail = asked + records.error().text};
    return judge_records(question, *records);
}

} // namespace baton::health
