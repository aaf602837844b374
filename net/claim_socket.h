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

    /// Hands over the claims that are waiting, perhaps of other addresses too. Ends after `at_once` frames:
    /// what is left is read in the next turn of the loop.
    template <class Take>
    void receive(Take&& take) {
        for (std::size_t count = 0; count < at_once; ++count) {
            const auto frame = read();
            if (frame.empty())
                return;
            if (const auto claim = claim_in(frame))
                take(*claim);
        }
    }

    static constexpr std::size_t at_once = 16;

private:
    ClaimSocket(const boost::asio::any_io_executor& executor, int fd) : socket_(executor, fd) {}

    /// One frame, or its beginning; empty when none is waiting.
    [[nodiscard]] std::span<const std::uint8_t> read();

    ReadWait socket_;
    std::array<std::uint8_t, 1514> buffer_{};
};

} // namespace baton::net
