// The raw socket through which one interface's adverts leave and arrive (raw(7), ip(7); RFC 9568
// section 5.1).
//
// It receives what comes in on that interface for one IP protocol, and joins one group there. It sends from
// a given address, with TTL 255 and class CS6 (the class of network control, RFC 4594), and never hears
// itself. It knows neither VRRP nor its format. It neither blocks nor allocates once open.
// The interface is meant by its number: when it was deleted and made again, open a new socket.
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

namespace baton::net {

class AdvertSocket {
public:
    /// What to open; `group` is IPv4 (VRRP: 112 and 224.0.0.18).
    struct Settings {
        IfIndex interface;
        std::uint8_t protocol{0};
        IpAddress group;
    };

    /// Refused without CAP_NET_RAW, and when there is no such interface.
    [[nodiscard]] static Result<std::unique_ptr<AdvertSocket>, Error>
    open(const boost::asio::any_io_executor& executor, const Settings& settings);

    /// Calls `on_readable` on the executor while something is waiting: call receive_all() from it. It must
    /// not destroy the socket.
    void start(std::function<void()> on_readable) { socket_.start(std::move(on_readable)); }

    /// Hands over all datagrams that are waiting, oldest first; each is good until `take` returns. One whose
    /// IP header makes no sense comes with its source and an empty payload. Answers how many there were.
    /// Ends after `flood_limit` all the same, so that a flood cannot keep the daemon here.
    template <class Take>
    std::size_t receive_all(Take&& take) {
        std::size_t count = 0;
        while (count < flood_limit) {
            const auto datagram = receive();
            if (!datagram)
                break;
            take(*datagram);
            ++count;
        }
        return count;
    }

    /// Hands one datagram to the kernel. `source` must be an address of this host.
    [[nodiscard]] Result<void, Error> send(const IpAddress& source, const IpAddress& destination,
                                           std::span<const std::uint8_t> payload);

    [[nodiscard]] IfIndex interface() const { return interface_; }

    /// More than the receive buffer holds of the shortest adverts.
    static constexpr std::size_t flood_limit = 8192;

private:
    AdvertSocket(const boost::asio::any_io_executor& executor, int fd, IfIndex interface)
        : socket_(executor, fd), interface_(interface) {}

    [[nodiscard]] std::optional<Datagram> receive();

    ReadWait socket_;
    IfIndex interface_;
    std::array<std::uint8_t, 4096> buffer_{}; ///< an advert has at most 255 addresses: 1,088 octets in IPv4
};

} // namespace baton::net
