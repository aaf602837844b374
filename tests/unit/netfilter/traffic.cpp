#include "tests/unit/netfilter/traffic.h"

#include "base/checksum.h"
#include "tests/unit/netlink/namespace.h"

#include <arpa/inet.h>
#include <array>
#include <cstring>
#include <fcntl.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <sstream>
#include <sys/socket.h>
#include <sys/wait.h>

namespace baton::test {

namespace {

constexpr std::uint16_t identity = 0x6262;

struct Endpoint {
    sockaddr_storage storage{};
    socklen_t size{0};
    [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

Endpoint endpoint(const IpAddress& address, std::uint16_t port) {
    Endpoint made;
    if (address.family() == Family::ipv4) {
        auto& four = reinterpret_cast<sockaddr_in&>(made.storage);
        four.sin_family = AF_INET;
        four.sin_port = htons(port);
        std::memcpy(&four.sin_addr, address.bytes().data(), 4);
        made.size = sizeof four;
    } else {
        auto& six = reinterpret_cast<sockaddr_in6&>(made.storage);
        six.sin6_family = AF_INET6;
        six.sin6_port = htons(port);
        std::memcpy(&six.sin6_addr, address.bytes().data(), 16);
        made.size = sizeof six;
    }
    return made;
}

std::string address_of(const sockaddr_storage& storage) {
    std::array<std::uint8_t, 16> octets{};
    if (storage.ss_family == AF_INET) {
        std::memcpy(octets.data(), &reinterpret_cast<const sockaddr_in&>(storage).sin_addr, 4);
        return IpAddress::from_bytes(Family::ipv4, std::span(octets).first(4)).to_string();
    }
    std::memcpy(octets.data(), &reinterpret_cast<const sockaddr_in6&>(storage).sin6_addr, 16);
    return IpAddress::from_bytes(Family::ipv6, octets).to_string();
}

std::vector<std::uint8_t> neighbor_message(std::uint8_t type, const IpAddress& target) {
    std::vector<std::uint8_t> message(24);
    message[0] = type;
    std::memcpy(message.data() + 8, target.bytes().data(), 16);
    return message; // the kernel puts the checksum in
}

} // namespace

Icmp::Icmp(Family family) : family_(family) {
    const bool four = family == Family::ipv4;
    socket_.reset(::socket(four ? AF_INET : AF_INET6, SOCK_RAW | SOCK_CLOEXEC,
                           four ? int{IPPROTO_ICMP} : int{IPPROTO_ICMPV6}));
    REQUIRE(socket_);
    const int hops = 255; // RFC 4861 section 7.1: others are forged
    if (!four)
        REQUIRE(::setsockopt(socket_.get(), IPPROTO_IPV6, IPV6_UNICAST_HOPS, &hops, sizeof hops) == 0);
    const timeval tenth{0, 100000};
    REQUIRE(::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &tenth, sizeof tenth) == 0);
}

bool Icmp::echoes(const std::string& address) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (std::chrono::steady_clock::now() < end) {
        request_echo(address);
        for (;;) {
            const auto [sender, message] = receive();
            if (message.empty())
                break;
            if (sender == address && is_echo_reply(message))
                return true;
        }
    }
    return false;
}

bool Icmp::silent(const std::string& address, const std::string& control) {
    bool silence = echoes(control);
    for (int round = 0; round < 3; ++round) { // by the second, the link-layer address is known
        request_echo(address);
        request_echo(control);
        for (bool answered = false; !answered;) {
            const auto [sender, message] = receive();
            if (message.empty())
                return false;
            silence = silence && !(sender == address && is_echo_reply(message));
            answered = sender == control && is_echo_reply(message);
        }
    }
    return silence;
}

void Icmp::send_neighbor_message(std::uint8_t type, const std::string& address, const std::string& target) {
    send(address, neighbor_message(type, IpAddress::parse(target).value()));
}

bool Icmp::hears_neighbor_message(std::uint8_t type, const std::string& target) {
    const auto wanted = neighbor_message(type, IpAddress::parse(target).value());
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(3);
    while (std::chrono::steady_clock::now() < end) {
        const auto message = receive().second;
        if (message.size() >= wanted.size() && message[0] == type &&
            std::memcmp(message.data() + 8, wanted.data() + 8, 16) == 0)
            return true;
    }
    return false;
}

void Icmp::send(const std::string& address, std::span<const std::uint8_t> message) {
    const Endpoint to = endpoint(IpAddress::parse(address).value(), 0);
    // ICMP errors for earlier packets are reported here and are of no interest.
    (void)::sendto(socket_.get(), message.data(), message.size(), 0, to.get(), to.size);
}

void Icmp::request_echo(const std::string& address) {
    std::array<std::uint8_t, 8> message{};
    message[0] = family_ == Family::ipv4 ? ICMP_ECHO : ICMP6_ECHO_REQUEST;
    const std::uint16_t id = htons(identity);
    const std::uint16_t number = htons(++sequence_);
    std::memcpy(message.data() + 4, &id, 2);
    std::memcpy(message.data() + 6, &number, 2);
    if (family_ == Family::ipv4) {
        Checksum sum;
        sum.add(message);
        const std::uint16_t value = htons(sum.value());
        std::memcpy(message.data() + 2, &value, 2);
    }
    send(address, message);
}

std::pair<std::string, std::vector<std::uint8_t>> Icmp::receive() {
    std::array<std::uint8_t, 2048> buffer{};
    sockaddr_storage sender{};
    socklen_t length = sizeof sender;
    const ssize_t size = ::recvfrom(socket_.get(), buffer.data(), buffer.size(), 0,
                                    reinterpret_cast<sockaddr*>(&sender), &length);
    const std::ptrdiff_t header = family_ == Family::ipv4 ? (buffer[0] & 0x0f) * 4 : 0;
    if (size <= header)
        return {};
    return {address_of(sender), {buffer.begin() + header, buffer.begin() + size}};
}

bool Icmp::is_echo_reply(const std::vector<std::uint8_t>& message) const {
    return message[0] == (family_ == Family::ipv4 ? ICMP_ECHOREPLY : ICMP6_ECHO_REPLY);
}

Descriptor listen_on(std::uint16_t port) {
    Descriptor socket(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in6 any{};
    any.sin6_family = AF_INET6;
    any.sin6_port = htons(port);
    REQUIRE(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&any), sizeof any) == 0);
    REQUIRE(::listen(socket.get(), 8) == 0);
    return socket;
}

Descriptor begin_connecting(const std::string& address, std::uint16_t port, std::uint16_t local) {
    const Endpoint to = endpoint(IpAddress::parse(address).value(), port);
    Descriptor socket(::socket(to.get()->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    REQUIRE(socket);
    if (local != 0) {
        const IpAddress any = to.get()->sa_family == AF_INET ? IpAddress() : IpAddress::v6({});
        const Endpoint from = endpoint(any, local);
        REQUIRE(::bind(socket.get(), from.get(), from.size) == 0);
    }
    (void)::connect(socket.get(), to.get(), to.size); // EINPROGRESS
    return socket;
}

bool connected(const Descriptor& socket, int milliseconds) {
    pollfd wait{socket.get(), POLLOUT, 0};
    return ::poll(&wait, 1, milliseconds) == 1 && (wait.revents & (POLLERR | POLLHUP)) == 0;
}

int run(const std::string& command) {
    std::vector<std::string> words;
    std::istringstream text(command);
    for (std::string word; text >> word;)
        words.push_back(word);
    std::vector<char*> argv;
    for (std::string& word : words)
        argv.push_back(word.data());
    argv.push_back(nullptr);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        const int null = ::open("/dev/null", O_WRONLY);
        ::dup2(null, STDOUT_FILENO);
        ::dup2(null, STDERR_FILENO);
        ::execvp(argv[0], argv.data());
        ::_exit(127);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE_MESSAGE((WIFEXITED(status) && WEXITSTATUS(status) != 127), "cannot run " << command);
    return WEXITSTATUS(status);
}

} // namespace baton::test
