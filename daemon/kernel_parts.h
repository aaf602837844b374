// The parts of the kernel that are asked for at the start, when a refusal still ends the process.
#pragma once

#include "daemon/accept_mode.h"
#include "net/announcer.h"
#include "net/frame_socket.h"
#include "netlink/socket.h"

#include <boost/asio/io_context.hpp>

namespace baton::daemon {

struct KernelParts {
    netlink::Socket requests;
    net::Announcer announcer;
    net::FrameSocket frames;
    AcceptMode accept;

    /// `drops`: an instance does not accept packets at its addresses.
    [[nodiscard]] static Result<KernelParts, Error> open(boost::asio::io_context& io, bool drops);
};

} // namespace baton::daemon
