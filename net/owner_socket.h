// Hears the adverts that Linux throws away as "martian": those sent from an address that this host holds.
//
// The owner of a virtual address (RFC 9568 section 1.4, priority 255) may have no other address to advertise
// from. When it returns while we stand in for it, its adverts come from an address that is ours for the
// moment, and the kernel drops them before any raw socket (unless accept_local is set: a door for forgers,
// left shut). A packet socket sees them (packet(7)). A filter in the kernel lets only those through that come
// from one of the given addresses, so nothing is woken by the usual adverts.
#pragma once

#include "base/address.h"
#include "base/datagram.h"
#include "base/result.h"
#include "net/read_wait.h"

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace baton::net {

class OwnerSocket {
public:
    struct Settings {
        IfIndex interface;
        std::uint8_t protocol{0};
        std::vector<IpAddress> sources; ///< IPv4: the virtual addresses of the interface's instances
    };

    /// Refused without CAP_NET_RAW, and when there is no such interface.
    [[nodiscard]] static Result<std::unique_ptr<OwnerSocket>, Error>
    open(const boost::asio::any_io_executor& executor, const Settings& settings);

    /// As AdvertSocket's.
    void start(std::function<void()> on_readable) { socket_.start(std::move(on_readable)); }

    /// Hands over what is waiting. Also what a raw socket has received: while the address is not held, both
    /// hear it. Ends after `flood_limit`.
    template <class Take>
    void receive_all(Take&& take) {
        for (std::size_t count = 0; count < flood_limit; ++count) {
            const auto datagram = receive();
            if (!datagram)
                return;
            take(*datagram);
        }
    }

    static constexpr std::size_t flood_limit = 1024;

private:
    OwnerSocket(const boost::asio::any_io_executor& executor, int fd, IfIndex interface)
        : socket_(executor, fd), interface_(interface) {}

    [[nodiscard]] std::optional<Datagram> receive();

    ReadWait socket_;
    IfIndex interface_;
    std::array<std::uint8_t, 4096> buffer_{};
};

} // namespace baton::net
