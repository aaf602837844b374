// The table by which packets to virtual addresses are dropped, as requests to nf_tables. Pure.
//
// One table "inet baton" with one chain at the input hook: what is addressed to this host, after routing, and
// never what is forwarded. It drops what is addressed to an element of its sets, two for each family: with
// any interface, or with the one that the packet came in by. Neighbor Solicitations and Advertisements pass
// (RFC 9568 section 6.1); ARP never gets here. `nft list table inet baton` shows it with counters.
#pragma once

#include "base/address.h"
#include "base/strong.h"
#include "netfilter/batch.h"

#include <span>

namespace baton::netfilter {

inline constexpr const char* table_name = "baton";

/// An address that accepts no packets.
struct Unaccepted {
    IpAddress address;
    IfIndex interface; ///< drop only what comes in by it; none: by any, also from this host itself

    friend auto operator<=>(const Unaccepted&, const Unaccepted&) = default;
};

/// Everything but elements: refused when there is a table of this name already.
void append_table(Batch& batch);

/// `type` NFT_MSG_NEWSETELEM or NFT_MSG_DELSETELEM.
void append_elements(Batch& batch, std::uint16_t type, std::span<const Unaccepted> addresses);

} // namespace baton::netfilter
