#include "netfilter/socket.h"

#include <array>
#include <cerrno>
#include <libnftnl/common.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <optional>
#include <sys/socket.h>
#include <sys/types.h>

namespace baton::netfilter {

namespace {

// What one datagram of the kernel says: 0 done, else an errno(3); nothing when it is no answer.
std::optional<int> answer_in(std::span<const std::uint8_t> datagram) {
    std::optional<int> answer;
    auto left = static_cast<unsigned>(datagram.size());
    for (const auto* message = reinterpret_cast<const nlmsghdr*>(datagram.data()); NLMSG_OK(message, left);
         message = NLMSG_NEXT(message, left)) {
        const bool error =
            message->nlmsg_type == NLMSG_ERROR && message->nlmsg_len >= NLMSG_LENGTH(sizeof(nlmsgerr));
        const int code = error ? -static_cast<const nlmsgerr*>(NLMSG_DATA(message))->error : 0;
        if (!answer || *answer == 0) // the first complaint is the cause of the others
            answer = code;
    }
    return answer;
}

// Asks for the number of the present generation: answered by nf_tables alone, and only to who may change it.
std::array<std::uint8_t, 64> probe() {
    std::array<std::uint8_t, 64> bytes{};
    nftnl_nlmsg_build_hdr(reinterpret_cast<char*>(bytes.data()), NFT_MSG_GETGEN, NFPROTO_UNSPEC, 0, 1);
    return bytes;
}

} // namespace

Result<Socket, int> Socket::open() {
    Descriptor descriptor(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_NETFILTER));
    if (!descriptor)
        return errno;
    constexpr int on = 1; // an error then quotes no more than the header of what it is about
    if (::setsockopt(descriptor.get(), SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof on) != 0)
        return errno;
    sockaddr_nl self{};
    self.nl_family = AF_NETLINK;
    // Bound, so that the kernel notices the end of it and removes the table.
    if (::bind(descriptor.get(), reinterpret_cast<const sockaddr*>(&self), sizeof self) != 0)
        return errno;
    Socket socket(std::move(descriptor));
    const auto question = probe();
    const auto size = reinterpret_cast<const nlmsghdr*>(question.data())->nlmsg_len;
    if (const int code = socket.perform(std::span(question).first(size)); code != 0)
        return code;
    return socket;
}

int Socket::perform(std::span<const std::uint8_t> batch) {
    if (const int code = send(batch); code != 0)
        return code;
    return read_answers();
}

int Socket::send(std::span<const std::uint8_t> bytes) {
    sockaddr_nl kernel{};
    kernel.nl_family = AF_NETLINK;
    while (::sendto(descriptor_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL,
                    reinterpret_cast<const sockaddr*>(&kernel), sizeof kernel) < 0)
        if (errno != EINTR)
            return errno;
    return 0;
}

int Socket::read_answers() {
    std::optional<int> answer;
    std::array<std::uint8_t, 8192> buffer{};
    for (;;) {
        sockaddr_nl sender{};
        socklen_t length = sizeof sender;
        const ssize_t size = ::recvfrom(descriptor_.get(), buffer.data(), buffer.size(), 0,
                                        reinterpret_cast<sockaddr*>(&sender), &length);
        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0 && errno == EAGAIN)
            return answer.value_or(ENOMSG);
        if (size < 0)
            return errno;
        if (sender.nl_pid != 0) // any process may send to us; only the kernel has the number 0
            continue;
        const auto said = answer_in(std::span(buffer).first(static_cast<std::size_t>(size)));
        if (said && (!answer || *answer == 0))
            answer = said;
    }
}

} // namespace baton::netfilter
