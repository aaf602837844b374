#include "netlink/socket.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <system_error>

namespace baton::netlink {

namespace {

// Acknowledgements wait in the receive buffer until the whole batch is done: about 1 kB each as the kernel
// counts. An instance has at most 255 addresses; where the system grants no more than the 208 kB that every
// Linux gives without asking, they go in several pieces.
constexpr int wanted_buffer = 1 << 20;
constexpr std::size_t largest_batch = 256;
constexpr std::size_t octets_of_answer = 3072;

// The kernel fills at most 32 kB of a dump at once (netlink(7)).
constexpr std::size_t buffer_size = 32768;

constexpr int dump_attempts = 8;

Refusal refusal(int code, std::string detail = {}) { return {code, std::move(detail)}; }

Error cannot_open(const char* step) {
    const int code = errno;
    return {"netlink: " + std::string(step) + ": " + std::generic_category().message(code)};
}

bool set(int fd, int level, int option, const auto& value) {
    return ::setsockopt(fd, level, option, &value, sizeof value) == 0;
}

// The kernel's own words stand behind an NLMSG_ERROR's fixed part, for NETLINK_CAP_ACK keeps the rest of the
// request from being quoted there.
std::string words_of(const nlmsghdr& message) {
    constexpr int wanted = NLM_F_ACK_TLVS | NLM_F_CAPPED;
    if ((message.nlmsg_flags & wanted) != wanted)
        return {};
    constexpr std::size_t fixed = sizeof(nlmsgerr);
    const auto length = static_cast<std::size_t>(nlmsg_datalen(&message));
    const auto* attributes =
        reinterpret_cast<const nlattr*>(static_cast<const std::uint8_t*>(nlmsg_data(&message)) + fixed);
    const nlattr* words = nla_find(attributes, static_cast<int>(length - fixed), NLMSGERR_ATTR_MSG);
    if (words == nullptr)
        return {};
    const auto* text = static_cast<const char*>(nla_data(words));
    return {text, ::strnlen(text, static_cast<std::size_t>(nla_len(words)))};
}

// Asks for a wide receive buffer, by force where that is allowed (CAP_NET_ADMIN; socket(7)), and answers how
// many acknowledgements it holds.
std::size_t widen(int fd) {
    if (!set(fd, SOL_SOCKET, SO_RCVBUFFORCE, wanted_buffer))
        (void)set(fd, SOL_SOCKET, SO_RCVBUF, wanted_buffer); // as much of it as the system allows
    int granted = 0;
    socklen_t length = sizeof granted;
    (void)::getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &granted, &length);
    return std::clamp<std::size_t>(static_cast<std::size_t>(granted) / octets_of_answer, 1, largest_batch);
}

// An NLMSG_ERROR with code 0 is an acknowledgement.
std::optional<Refusal> judge(const nlmsghdr& message) {
    if (nlmsg_datalen(&message) < static_cast<int>(sizeof(nlmsgerr)))
        return refusal(EBADMSG);
    const auto& error = *static_cast<const nlmsgerr*>(nlmsg_data(&message));
    if (error.error == 0)
        return std::nullopt;
    return refusal(-error.error, words_of(message));
}

// A dump that failed on the way says so in its last message: a negative errno(3).
int end_code(const nlmsghdr& done) {
    int code = 0;
    if (nlmsg_datalen(&done) >= static_cast<int>(sizeof code))
        std::memcpy(&code, nlmsg_data(&done), sizeof code);
    return -code;
}

} // namespace

std::string Refusal::to_string() const {
    const std::string text = code == ETIMEDOUT ? "the kernel did not answer within a second"
                                               : std::generic_category().message(code);
    return detail.empty() ? text : text + " (" + detail + ")";
}

Socket::Socket(Descriptor descriptor, std::size_t batch_limit)
    : descriptor_(std::move(descriptor)), buffer_(buffer_size), batch_limit_(batch_limit) {}

Result<Socket, Error> Socket::open() {
    Descriptor descriptor(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
    if (!descriptor)
        return cannot_open("socket");
    const timeval patience{1, 0};
    if (!set(descriptor.get(), SOL_SOCKET, SO_RCVTIMEO, patience) ||
        !set(descriptor.get(), SOL_SOCKET, SO_SNDTIMEO, patience))
        return cannot_open("setting the timeout");
    // Errors in the kernel's words; errors that quote no more than the request's header; dumps that honour
    // the interface they are asked for.
    for (const int option : {NETLINK_EXT_ACK, NETLINK_CAP_ACK, NETLINK_GET_STRICT_CHK})
        if (!set(descriptor.get(), SOL_NETLINK, option, 1))
            return cannot_open("setting an option (Linux 5.18 or newer is needed)");
    sockaddr_nl self{};
    self.nl_family = AF_NETLINK;
    if (::bind(descriptor.get(), reinterpret_cast<const sockaddr*>(&self), sizeof self) != 0)
        return cannot_open("bind");
    const auto batch_limit = widen(descriptor.get());
    return Socket(std::move(descriptor), batch_limit);
}

std::vector<std::optional<Refusal>> Socket::perform(std::span<Message> requests) {
    std::vector<std::optional<Refusal>> answers(requests.size());
    for (std::size_t begin = 0; begin < requests.size(); begin += batch_limit_) {
        const std::size_t count = std::min(batch_limit_, requests.size() - begin);
        const auto part = std::span(answers).subspan(begin, count);
        const std::uint32_t first = sequence_ + 1;
        if (const int code = send(requests.subspan(begin, count)); code != 0)
            std::fill(part.begin(), part.end(), refusal(code));
        else
            collect(first, part);
    }
    return answers;
}

// Numbers the requests and hands them to the kernel in one call; answers an errno(3), or 0.
int Socket::send(std::span<Message> requests) {
    std::vector<iovec> pieces;
    pieces.reserve(requests.size());
    for (Message& request : requests) {
        request.stamp(++sequence_);
        const auto bytes = request.bytes();
        pieces.push_back({const_cast<std::uint8_t*>(bytes.data()), bytes.size()});
    }
    sockaddr_nl kernel{};
    kernel.nl_family = AF_NETLINK;
    msghdr header{};
    header.msg_name = &kernel;
    header.msg_namelen = sizeof kernel;
    header.msg_iov = pieces.data();
    header.msg_iovlen = pieces.size();
    while (::sendmsg(descriptor_.get(), &header, MSG_NOSIGNAL) < 0)
        if (errno != EINTR)
            return errno == EAGAIN ? ETIMEDOUT : errno;
    return 0;
}

Result<std::span<const std::uint8_t>, Refusal> Socket::receive() {
    for (;;) {
        sockaddr_nl sender{};
        iovec piece{buffer_.data(), buffer_.size()};
        msghdr header{};
        header.msg_name = &sender;
        header.msg_namelen = sizeof sender;
        header.msg_iov = &piece;
        header.msg_iovlen = 1;
        const ssize_t size = ::recvmsg(descriptor_.get(), &header, 0);
        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0)
            return refusal(errno == EAGAIN ? ETIMEDOUT : errno);
        if (sender.nl_pid != 0) // any process may send to us; only the kernel has the number 0
            continue;
        if ((header.msg_flags & MSG_TRUNC) != 0)
            return refusal(EMSGSIZE);
        return std::span<const std::uint8_t>(buffer_).first(static_cast<std::size_t>(size));
    }
}

void Socket::collect(std::uint32_t first, std::span<std::optional<Refusal>> answers) {
    std::vector<bool> answered(answers.size(), false);
    std::size_t missing = answers.size();
    while (missing > 0) {
        auto received = receive();
        if (!received) {
            for (std::size_t i = 0; i < answers.size(); ++i)
                if (!answered[i])
                    answers[i] = received.error();
            return;
        }
        while (const nlmsghdr* message = next_message(*received)) {
            // Unsigned: an answer that came too late for an earlier batch is far outside.
            const std::uint32_t place = message->nlmsg_seq - first;
            if (message->nlmsg_type != NLMSG_ERROR || place >= answers.size() || answered[place])
                continue;
            answers[place] = judge(*message);
            answered[place] = true;
            --missing;
        }
    }
}

Result<std::vector<std::uint8_t>, Refusal> Socket::dump(Message& request) {
    std::vector<std::uint8_t> collected;
    for (int attempt = 0; attempt < dump_attempts; ++attempt) {
        const auto progress = dump_once(request, collected);
        if (!progress)
            return progress.error();
        if (!progress->interrupted)
            return collected;
    }
    return refusal(EAGAIN, "the kernel's table kept changing while it was read");
}

// Reads to the end even when interrupted: what is left unread would be taken for the next answer.
Result<Socket::DumpProgress, Refusal> Socket::dump_once(Message& request,
                                                        std::vector<std::uint8_t>& collected) {
    collected.clear();
    if (const int code = send({&request, 1}); code != 0)
        return refusal(code);
    DumpProgress progress;
    while (!progress.done) {
        auto received = receive();
        if (!received)
            return received.error();
        while (const nlmsghdr* message = next_message(*received))
            if (message->nlmsg_seq == sequence_)
                if (auto refused = take_in(*message, progress, collected))
                    return *refused;
    }
    return progress;
}

std::optional<Refusal> Socket::take_in(const nlmsghdr& message, DumpProgress& progress,
                                       std::vector<std::uint8_t>& collected) {
    if ((message.nlmsg_flags & NLM_F_DUMP_INTR) != 0)
        progress.interrupted = true;
    if (message.nlmsg_type == NLMSG_ERROR) {
        progress.done = true;
        return judge(message);
    }
    if (message.nlmsg_type == NLMSG_DONE) {
        progress.done = true;
        const int code = end_code(message);
        return code == 0 ? std::nullopt : std::optional(refusal(code));
    }
    const auto* begin = reinterpret_cast<const std::uint8_t*>(&message);
    collected.insert(collected.end(), begin, begin + NLMSG_ALIGN(message.nlmsg_len));
    return std::nullopt;
}

} // namespace baton::netlink
