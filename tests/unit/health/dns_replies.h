// Answers of a DNS server, written octet by octet: not by what reads them.
#pragma once

#include "health/dns_message.h"

#include <doctest/doctest.h>
#include <string>
#include <vector>

namespace baton::testing {

using Octets = std::vector<std::uint8_t>;

inline void append(Octets& to, const Octets& octets) { to.insert(to.end(), octets.begin(), octets.end()); }

inline Octets two(unsigned number) {
    return {static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)};
}

/// "mail.example.org" as labels.
inline Octets labels(const std::string& name) {
    Octets octets;
    for (std::size_t at = 0; at < name.size();) {
        const auto end = std::min(name.find('.', at), name.size());
        octets.push_back(static_cast<std::uint8_t>(end - at));
        octets.insert(octets.end(), name.begin() + static_cast<std::ptrdiff_t>(at),
                      name.begin() + static_cast<std::ptrdiff_t>(end));
        at = end + 1;
    }
    octets.push_back(0);
    return octets;
}

/// Owned by the name at `owner`, 12 being that of the question; for a minute.
inline Octets record(health::DnsType type, const Octets& data, unsigned owner = 12) {
    Octets octets = two(0xc000 | owner);
    append(octets, two(static_cast<unsigned>(type)));
    append(octets, {0, 1, 0, 0, 0, 60});
    append(octets, two(static_cast<unsigned>(data.size())));
    append(octets, data);
    return octets;
}

inline Octets mx_data(unsigned preference, const std::string& exchange) {
    auto data = two(preference);
    append(data, labels(exchange));
    return data;
}

/// To a query as it was written: its ID and question, these flags and records.
inline Octets reply_to(const Octets& query, const std::vector<Octets>& records, unsigned flags = 0x8180) {
    REQUIRE(query.size() > 12);
    std::size_t end = 12;
    while (query.at(end) != 0)
        end += 1U + query[end];
    Octets reply(query.begin(), query.begin() + 2);
    append(reply, two(flags));
    append(reply, {0, 1});
    append(reply, two(static_cast<unsigned>(records.size())));
    append(reply, {0, 0, 0, 0});
    reply.insert(reply.end(), query.begin() + 12, query.begin() + static_cast<std::ptrdiff_t>(end) + 5);
    for (const auto& each : records)
        append(reply, each);
    return reply;
}

} // namespace baton::testing
