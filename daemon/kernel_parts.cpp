#include "daemon/kernel_parts.h"

#include <utility>

namespace baton::daemon {

Result<KernelParts, Error> KernelParts::open(boost::asio::io_context& io, bool drops) {
    auto requests = netlink::Socket::open();
    if (!requests)
        return requests.error();
    auto announcer = net::Announcer::open(io.get_executor());
    if (!announcer)
        return announcer.error();
    auto frames = net::FrameSocket::open(io.get_executor());
    if (!frames)
        return frames.error();
    auto accept = AcceptMode::open(drops);
    if (!accept)
        return accept.error();
    return KernelParts{std::move(*requests), std::move(*announcer), std::move(*frames), std::move(*accept)};
}

} // namespace baton::daemon
