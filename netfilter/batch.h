// Requests to nf_tables that the kernel carries out all together or not at all (a nfnetlink batch).
//
// libnftnl lays out what is in them. Never sends anything.
#pragma once

#include <cstdint>
#include <linux/netlink.h>
#include <span>
#include <vector>

namespace baton::netfilter {

class Batch {
public:
    Batch();

    /// `type` NFT_MSG_*, `family` NFPROTO_*, `flags` NLM_F_* (NLM_F_REQUEST is added). `fill` puts the
    /// payload behind the header it is given, with one of libnftnl's functions: at most 60,000 octets.
    template <class Fill>
    void add(std::uint16_t type, std::uint16_t family, int flags, Fill fill) {
        fill(begin(type, family, flags));
        end();
    }

    /// Asks for an acknowledgement of the last request, ends the batch and answers it as it goes on the wire.
    /// At least one request must have been added; none may be added afterwards.
    [[nodiscard]] std::span<const std::uint8_t> finish();

private:
    [[nodiscard]] nlmsghdr* begin(std::uint16_t type, std::uint16_t family, int flags);
    void end();
    void append(const nlmsghdr& message);

    std::vector<std::uint8_t> bytes_;
    std::vector<std::uint8_t> scratch_; ///< libnftnl does not look where its room ends
    std::size_t last_{0};
    std::uint32_t sequence_{0};
};

} // namespace baton::netfilter
