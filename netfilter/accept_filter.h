// Accept_Mode off: drops what is sent to virtual addresses that this host holds but does not own (RFC 9568
// sections 6.1 and 6.4.3).
//
// ARP, Neighbor Solicitations and Neighbor Advertisements always pass, and what is forwarded is not looked
// at (ruleset.h). The table belongs to this object's socket: no other program can change it, `nft flush
// ruleset` goes around it, and the kernel removes it when the object or the process ends, however it ends.
// So there are no left-overs, and what is remembered here is what the kernel has (decision 015).
#pragma once

#include "base/result.h"
#include "netfilter/ruleset.h"
#include "netfilter/socket.h"

#include <set>
#include <span>
#include <string>

namespace baton::netfilter {

class AcceptFilter {
public:
    /// Makes the table, empty, so that whatever this kernel lacks is known before the first takeover. Fails
    /// without CAP_NET_ADMIN, without nf_tables (or before Linux 5.12), and when there is a table "inet
    /// baton" already: that one is not touched. The table is in the network namespace of the calling thread.
    [[nodiscard]] static Result<AcceptFilter, Error> open();

    /// Drops what is sent to these from now on; those that are held already are fine. All or, on failure,
    /// none of them; above 2,000 at once it is all or none of each 2,000. Before the addresses are put on the
    /// interface is the time for it.
    [[nodiscard]] Result<void, Error> hold(std::span<const Unaccepted> addresses);

    /// Lets them be reached again; those that are not held are fine.
    [[nodiscard]] Result<void, Error> release(std::span<const Unaccepted> addresses);

private:
    explicit AcceptFilter(Socket socket) : socket_(std::move(socket)) {}

    [[nodiscard]] Result<void, Error> change(std::uint16_t type, std::span<const Unaccepted> addresses);

    Socket socket_;
    std::set<Unaccepted> held_;
};

/// Why the table could not be made, and what to do: `code` is the errno(3) of opening the socket or, once
/// that stands (`opened`), of making the table.
[[nodiscard]] std::string explain_absence(int code, bool opened);

} // namespace baton::netfilter
