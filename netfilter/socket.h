// The socket to nf_tables, and with it the life of our table: the kernel removes what this socket owns when
// it is closed, also when the process is killed (NFT_TABLE_F_OWNER, Linux 5.12).
//
// The kernel answers within the system call that sends; so nothing is ever waited for here. The call itself
// waits while another program's transaction is being carried out in this network namespace.
#pragma once

#include "base/descriptor.h"
#include "base/result.h"

#include <cstdint>
#include <span>

namespace baton::netfilter {

class Socket {
public:
    /// Answers an errno(3) where there is no netfilter, no nf_tables, or no permission.
    [[nodiscard]] static Result<Socket, int> open();

    /// Sends a finished batch; 0 when all of it is done, else the errno(3) for which nothing of it is.
    [[nodiscard]] int perform(std::span<const std::uint8_t> batch);

private:
    explicit Socket(Descriptor descriptor) : descriptor_(std::move(descriptor)) {}

    [[nodiscard]] int send(std::span<const std::uint8_t> bytes);
    [[nodiscard]] int read_answers();

    Descriptor descriptor_;
};

} // namespace baton::netfilter
