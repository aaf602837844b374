// Does a DNS server answer, and with what it should? One question over UDP (RFC 1035).
//
// Asks the server that is given and no other; the system's resolver has no part in it. The ID is random, and
// so is the port, by the kernel: what is no answer to the question, from whoever, is passed over. Not over
// TCP: an answer that is too long for UDP fails, and says so.
#pragma once

#include "health/datagram_probe.h"
#include "health/dns_message.h"

namespace baton::health {

/// A run begins: asks once.
[[nodiscard]] std::unique_ptr<Probe> start_dns(boost::asio::io_context& loop, const DnsCheck& settings,
                                               Done done);

} // namespace baton::health
