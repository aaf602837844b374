// The one socket through which baton asks the kernel for something and waits for the answer (netlink(7)).
//
// The kernel answers rtnetlink requests in microseconds, within the system call that sends them; so this is
// synchronous. Every wait still ends after one second, so a fault in the kernel cannot hang the daemon.
// Requests of one batch leave in one sendmsg(2); answers are matched by sequence number. Nothing else than
// answers ever comes in here: events have a socket of their own (monitor.h).
#pragma once

#include "base/descriptor.h"
#include "base/result.h"
#include "netlink/message.h"

#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace baton::netlink {

/// The kernel said no, or nothing.
struct Refusal {
    int code{0};        ///< errno(3)
    std::string detail; ///< the kernel's own words (NETLINK_EXT_ACK), or empty

    [[nodiscard]] std::string to_string() const; ///< "Invalid argument (ipv4: Invalid prefix length)"
};

/// boost::system::result asks for this when value() is called on a refusal: a programmer's mistake.
[[noreturn]] inline void throw_exception_from_error(const Refusal& refusal,
                                                    const boost::source_location& where) {
    boost::throw_with_location(std::runtime_error(refusal.to_string()), where);
}

class Socket {
public:
    [[nodiscard]] static Result<Socket, Error> open();

    /// Sends all requests, and answers each in the same order: nothing means done.
    [[nodiscard]] std::vector<std::optional<Refusal>> perform(std::span<Message> requests);

    /// All messages that answer a request with NLM_F_DUMP, or the one that answers a request to get something
    /// with NLM_F_ACK; one behind the other (next_message() walks them).
    /// A table that changed while the kernel read it out is read again.
    [[nodiscard]] Result<std::vector<std::uint8_t>, Refusal> dump(Message& request);

private:
    /// How far a dump has come.
    struct DumpProgress {
        bool done{false};
        bool interrupted{false}; ///< the table changed meanwhile (NLM_F_DUMP_INTR)
    };

    Socket(Descriptor descriptor, std::size_t batch_limit);

    [[nodiscard]] int send(std::span<Message> requests);
    [[nodiscard]] Result<std::span<const std::uint8_t>, Refusal> receive();
    void collect(std::uint32_t first, std::span<std::optional<Refusal>> answers);
    [[nodiscard]] Result<DumpProgress, Refusal> dump_once(Message& request,
                                                          std::vector<std::uint8_t>& collected);
    [[nodiscard]] static std::optional<Refusal> take_in(const nlmsghdr& message, DumpProgress& progress,
                                                        std::vector<std::uint8_t>& collected);

    Descriptor descriptor_;
    std::vector<std::uint8_t> buffer_;
    std::size_t batch_limit_; ///< requests in one sendmsg
    std::uint32_t sequence_{0};
};

} // namespace baton::netlink
