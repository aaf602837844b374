// The raw socket through which one interface's adverts of one family leave and arrive (raw(7), ip(7),
// ipv6(7), RFC 3542; RFC 9568 section 5.1).
//
// It receives what comes in on that interface for one IP protocol, and joins groups there. It sends from a
// given address with a given hop limit and class CS6 (network control, RFC 4594), and never hears itself. It
// knows neither VRRP nor its format, and sums no checksum. It neither blocks nor allocates once open.
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
#include <vector>

namespace baton::net {

struct AdvertFamily;

class AdvertSocket {
public:
    /// What to open (VRRP: 112, and 224.0.0.18 or ff02::12).
    struct Settings {
        IfIndex interface;
        std::uint8_t protocol{0};
        Family family{Family::ipv4};
        std::vector<IpAddress> groups; ///< of that family; none when only this host's addresses are meant
    };

    /// Refused without CAP_NET_RAW, when there is no such interface, and when it does not do IPv6.
    [[nodiscard]] static Result<std::unique_ptr<AdvertSocket>, Error>
    open(const boost::asio::any_io_executor& executor, const Settings& settings);

    /// Why the interface does not do that family now, which may change with time; nothing when it does, as
    /// far as can be known. Worth asking again of a socket that is open: it would be deaf for good.
    [[nodiscard]] static std::optional<Error> obstacle(IfIndex interface, Family family);

    /// Calls `on_readable` on the executor while something is waiting: call receive_all() from it, and
    /// destroy the socket, if at all, when that has returned.
    void start(std::function<void()> on_readable) { socket_.start(std::move(on_readable)); }

    /// Hands over all datagrams that are waiting, oldest first; each is good until `take` returns. One that
    /// is not whole (longer than any advert, or its IP header makes no sense) comes with its source and an
    /// empty payload. Answers how many there were.
    /// Ends after `flood_limit` all the same, so that a flood cannot keep the daemon here.
    template <class Take>
    std::size_t receive_all(Take&& take) {
        std::size_t count = 0;
        for (std::size_t read = 0; read < flood_limit; ++read) {
            const auto datagram = receive();
            if (!datagram)
                break;
            if (!is_for_us(datagram->destination))
                continue;
            take(*datagram);
            ++count;
        }
        return count;
    }

    /// Hands one datagram to the kernel. All of the socket's family; `hop_limit` is 1 to 255 (RFC 9568
    /// sections 5.1.1.3 and 5.1.2.3: 255 on the link). Refused when `source` is no address of this host (in
    /// IPv6: of this interface, and beyond duplicate address detection), and as sendmsg(2) says.
    [[nodiscard]] Result<void, Error> send(const IpAddress& source, const IpAddress& destination,
                                           std::span<const std::uint8_t> payload, std::uint8_t hop_limit);

    [[nodiscard]] IfIndex interface() const { return interface_; }
    [[nodiscard]] Family family() const { return ip_; }

    /// More than the receive buffer holds of the shortest adverts.
    static constexpr std::size_t flood_limit = 8192;

private:
    AdvertSocket(const boost::asio::any_io_executor& executor, int fd, const Settings& settings);

    [[nodiscard]] std::optional<Datagram> receive();
    [[nodiscard]] bool is_for_us(const IpAddress& destination) const;

    ReadWait socket_;
    Family ip_;
    const AdvertFamily& family_;
    IfIndex interface_;
    std::vector<IpAddress> groups_;
    std::array<std::uint8_t, 4096> buffer_{}; ///< an advert has at most 255 addresses: 4,088 octets in IPv6
};

} // namespace baton::net
