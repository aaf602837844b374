// One question to a DNS server as octets, and what its answer says.
//
// Pure. c-ares writes the question and takes the records apart (decision 021); whether an answer is one to
// our question is looked at here: its ID, and the question as it was sent. Follows no alias by another
// question and asks nobody else. RFC 1035 sections 4.1 and 4.2.1, RFC 5452 section 9.1, RFC 6891, RFC 7505.
#pragma once

#include "base/result.h"
#include "health/probe.h"
#include "health/settings.h"

#include <cstdint>
#include <span>
#include <vector>

namespace baton::health {

/// "MX of example.org"
[[nodiscard]] std::string describe(const DnsQuestion& question);

/// The question with recursion desired, and room for answers of 1232 octets (RFC 6891). Refused when the name
/// cannot be written.
[[nodiscard]] Result<std::vector<std::uint8_t>, Error> encode_dns_query(const DnsQuestion& question,
                                                                        std::uint16_t id);

/// Good with NOERROR and a record of the type (the one expected, if one is), but for the MX record that says
/// that there is no mail server. Nothing when `reply` is no
/// answer to `query`, which encode_dns_query() has written for the question.
[[nodiscard]] std::optional<Finding> judge_dns_reply(const DnsQuestion& question,
                                                     std::span<const std::uint8_t> query,
                                                     std::span<const std::uint8_t> reply);

} // namespace baton::health
