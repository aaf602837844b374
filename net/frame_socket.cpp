#include "net/frame_socket.h"

#include "net/words.h"

#include <arpa/inet.h>
#include <cerrno>
#include <linux/if_packet.h>
#include <sys/socket.h>

namespace baton::net {

Result<FrameSocket, Error> FrameSocket::open(const boost::asio::any_io_executor& executor) {
    // Protocol 0: nothing is ever received here.
    const int fd = ::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return cannot_open("the packet socket for whole frames", errno);
    return FrameSocket(boost::asio::posix::stream_descriptor(executor, fd));
}

int FrameSocket::send(IfIndex interface, std::uint16_t ethertype, std::span<const std::uint8_t> frame) {
    sockaddr_ll to{};
    to.sll_family = AF_PACKET;
    to.sll_protocol = htons(ethertype);
    to.sll_ifindex = static_cast<int>(interface.value);
    while (::sendto(socket_.native_handle(), frame.data(), frame.size(), MSG_NOSIGNAL,
                    reinterpret_cast<const sockaddr*>(&to), sizeof to) < 0)
        if (errno != EINTR)
            return errno;
    return 0;
}

std::string frame_error(int code) {
    switch (code) {
    case EAGAIN:
    case ENOBUFS:
        return "the interface's send queue is full";
    default:
        return error_text(code);
    }
}

} // namespace baton::net
