// Hears on one interface who else says that certain addresses are theirs (packet(7)): what
// net/address_claim.h finds in a frame.
//
// Others' traffic stays in the kernel: a filter lets through only what names one of the addresses. What this
// host sends itself is not heard.
#pragma once

#include "base/address.h"
#include "base/result.h"
#include "base/strong.h"
#include "net/address_claim.h"
#include "net/read_wait.h"

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace baton::net {

class ClaimSocket {
public:
    struct Settings {
        IfIndex interface;
        Family family{Family::ipv4};
        std::vector<IpAddress> addresses; ///< of that family
    };

    /// Refused without CAP_NET_RAW, and when there is no such interface.
    [[nodiscard]] static Result<std::unique_ptr<ClaimSocket>, Error>
    open(const boost::asio::any_io_executor& executor, const Settings& settings);

    /// As AdvertSocket's.
    void start(std::function<void()> on_readable) { socket_.start(std::move(on_readable)); }

    /// Calls `take(interface, claim)` for what is waiting, perhaps of other addresses too. The interface is
    /// the one that the frame was for: one above, where that has a VLAN or a MAC address (macvlan) of its
    /// own. What is for other hosts, or for a VLAN that there is no interface for, is left out. Ends after
    /// `at_once` frames: what is left is read in the next turn of the loop.
    template <class Take>
    void receive(Take&& take) {
        for (std::size_t count = 0; count < at_once; ++count) {
            const auto frame = read();
            if (frame.octets.empty())
                return;
            if (const auto claim = claim_in(frame.octets); claim && frame.ours)
                take(frame.interface, *claim);
        }
    }

    static constexpr std::size_t at_once = 16;

private:
    ClaimSocket(const boost::asio::any_io_executor& executor, int fd) : socket_(executor, fd) {}

    struct Frame {
        std::span<const std::uint8_t> octets; ///< its beginning at least
        IfIndex interface;
        bool ours{false}; ///< for this host, or for all
    };

    /// Without octets when none is waiting.
    [[nodiscard]] Frame read();

    ReadWait socket_;
    std::array<std::uint8_t, 1514> buffer_{};
};

} // namespace baton::net
