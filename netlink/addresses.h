// Puts virtual addresses on interfaces and takes them off again, and says what the kernel answered.
//
// When hold() answers no failure, every address is there: the kernel has acknowledged it. Each call reads the
// interface's addresses, decides (reconcile.h) and sends its requests as one batch; it remembers nothing
// about them. What it adds carries our mark (mark.h); what does not is never touched.
// IPv6 addresses are added without duplicate address detection: the former Active router may still answer for
// them, and a virtual address that waits is a failover that waits (1.9 s by default, RFC 4862 section 5.4).
// RTM_NEWADDR, RTM_DELADDR: rtnetlink(7).
#pragma once

#include "netlink/address_form.h"
#include "netlink/interface.h"
#include "netlink/socket.h"

#include <span>
#include <string>
#include <vector>

namespace baton::netlink {

/// One address for which the kernel's answer was no.
struct AddressFailure {
    Prefix prefix;
    std::string text; ///< "10.0.1.100/24 on eth0: Operation not permitted ..."
};

/// All of them in one line.
[[nodiscard]] std::string describe(std::span<const AddressFailure> failures);

class Addresses {
public:
    /// `socket` must outlive this.
    explicit Addresses(Socket& socket) : socket_(socket) {}

    /// Puts them there; those that are there with our mark already are fine. One that is there without it is
    /// a failure and nothing is added, unless `adopt`: then it is used where it is. When the kernel refuses
    /// one, the others may stand: release() them.
    [[nodiscard]] std::vector<AddressFailure> hold(IfIndex interface, std::span<const Prefix> addresses,
                                                   bool adopt, const AddressForm& form = {});

    /// Gives our mark to those that are there without it, and leaves the others alone: for addresses that
    /// were ours until somebody replaced them (`ip address replace` takes the mark away).
    [[nodiscard]] std::vector<AddressFailure> reclaim(IfIndex interface, std::span<const Prefix> addresses,
                                                      const AddressForm& form = {});

    /// Begins the lease of all of them anew, without a look at what is there: for those that are held now.
    [[nodiscard]] std::vector<AddressFailure> renew(IfIndex interface, std::span<const Prefix> addresses,
                                                    const AddressForm& form);

    /// Takes those off that carry our mark. What is gone already, also with its interface, is fine.
    [[nodiscard]] std::vector<AddressFailure> release(IfIndex interface, std::span<const Prefix> addresses);

    /// Takes everything off that carries our mark, but `keep`: for left-overs of a run that was killed.
    /// Where the interface cannot be looked at, the one failure names no address.
    [[nodiscard]] std::vector<AddressFailure> sweep(IfIndex interface, std::span<const Prefix> keep);

    /// Those that stand there, on whatever length of network, and were not put there by baton: on the
    /// interface below `holder`, they would be answered for twice, with two MAC addresses (RFC 9568
    /// section 8.1.2).
    [[nodiscard]] std::vector<AddressFailure> in_the_way(IfIndex interface, std::span<const Prefix> addresses,
                                                         IfIndex holder);

private:
    [[nodiscard]] std::vector<AddressFailure> add(IfIndex interface, std::span<const Prefix> addresses,
                                                  const AddressForm& form);
    [[nodiscard]] std::vector<AddressFailure> replace(IfIndex interface, std::span<const Prefix> addresses,
                                                      const AddressForm& form);
    [[nodiscard]] std::vector<AddressFailure> remove(IfIndex interface, std::span<const Prefix> addresses);
    [[nodiscard]] std::vector<AddressFailure> require_mark(IfIndex interface,
                                                           std::span<const Prefix> addresses);

    Socket& socket_;
    bool mark_is_kept_{false}; ///< this kernel has shown that it keeps IFA_PROTO
};

} // namespace baton::netlink
