#include "control/address_probe.h"

#include "base/descriptor.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

namespace baton::control {
namespace {

using namespace std::chrono_literals;

constexpr auto patience = 100ms;
constexpr auto pause = 20ms;
constexpr std::uint16_t discard = 9; ///< RFC 863: whoever has the address and not this service refuses it

sockaddr_storage endpoint(const AddressProbe::Target& target, socklen_t& size) {
    sockaddr_storage storage{};
    const auto port = htons(target.port.value_or(discard));
    const auto bytes = target.address.bytes();
    if (target.address.family() == Family::ipv4) {
        auto& v4 = reinterpret_cast<sockaddr_in&>(storage);
        v4.sin_family = AF_INET;
        v4.sin_port = port;
        std::memcpy(&v4.sin_addr, bytes.data(), bytes.size());
        size = sizeof(v4);
    } else {
        auto& v6 = reinterpret_cast<sockaddr_in6&>(storage);
        v6.sin6_family = AF_INET6;
        v6.sin6_port = port;
        std::memcpy(&v6.sin6_addr, bytes.data(), bytes.size());
        if (target.address.is_link_local())
            v6.sin6_scope_id = ::if_nametoindex(target.interface.c_str());
        size = sizeof(v6);
    }
    return storage;
}

/// The error that the connection has come to; 0 once it stands, ETIMEDOUT if it has not come to anything.
int outcome_of(int fd) {
    pollfd waiting{fd, POLLOUT, 0};
    if (::poll(&waiting, 1, static_cast<int>(patience / 1ms)) <= 0)
        return ETIMEDOUT;
    int error = 0;
    socklen_t size = sizeof(error);
    return ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

} // namespace

AddressProbe::~AddressProbe() {
    ends_ = true;
    if (thread_.joinable())
        thread_.join();
}

bool AddressProbe::answers() const {
    socklen_t size = 0;
    const auto to = endpoint(target_, size);
    const Descriptor socket(::socket(to.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket)
        return false;
    const linger at_once{1, 0}; // a reset at the end: nothing stays in TIME_WAIT
    (void)::setsockopt(socket.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    int error = 0;
    if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&to), size) != 0)
        error = errno == EINPROGRESS ? outcome_of(socket.get()) : errno;
    return error == 0 || (error == ECONNREFUSED && !target_.port);
}

void AddressProbe::start() {
    thread_ = std::thread([this] { run(); });
}

void AddressProbe::run() {
    while (!ends_) {
        const auto begun = Clock::now();
        const bool answered = answers();
        note(answered, begun, Clock::now());
        std::this_thread::sleep_until(begun + pause);
    }
}

void AddressProbe::note(bool answered, Clock::time_point begun, Clock::time_point ended) {
    const std::lock_guard lock(mutex_);
    ++seen_.tries;
    if (!answered) {
        ++seen_.unanswered;
        in_gap_ = true;
        return;
    }
    if (std::exchange(in_gap_, false) && last_answer_)
        seen_.longest_gap = std::max<Duration>(seen_.longest_gap, ended - *last_answer_);
    last_answer_ = begun;
}

AddressProbe::Seen AddressProbe::seen() {
    const std::lock_guard lock(mutex_);
    auto seen = std::exchange(seen_, {});
    if (in_gap_ && last_answer_) // and it goes on
        seen.longest_gap = std::max<Duration>(seen.longest_gap, Clock::now() - *last_answer_);
    return seen;
}

} // namespace baton::control
