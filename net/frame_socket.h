// Puts whole Ethernet frames on a link (packet(7)). It only sends, and never blocks.
#pragma once

#include "base/result.h"
#include "base/strong.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstdint>
#include <span>
#include <string>

namespace baton::net {

class FrameSocket {
public:
    /// The executor only closes the socket with it; nothing is ever awaited. Refused without CAP_NET_RAW.
    [[nodiscard]] static Result<FrameSocket, Error> open(const boost::asio::any_io_executor& executor);

    /// The frame begins with its Ethernet header. errno(3), or 0 when the kernel has it.
    [[nodiscard]] int send(IfIndex interface, std::uint16_t ethertype, std::span<const std::uint8_t> frame);

private:
    explicit FrameSocket(boost::asio::posix::stream_descriptor socket) : socket_(std::move(socket)) {}

    boost::asio::posix::stream_descriptor socket_;
};

/// An errno of send() in words.
[[nodiscard]] std::string frame_error(int code);

} // namespace baton::net
