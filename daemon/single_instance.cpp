#include "daemon/single_instance.h"

#include <cerrno>
#include <cstring>
#include <sys/socket.h>
#include <sys/un.h>

namespace baton::daemon {

Result<Descriptor, Error> claim_namespace() {
    Descriptor claim(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!claim)
        return Error{std::string("no Unix socket can be made: ") + std::strerror(errno)};
    constexpr std::string_view name = "baton"; // behind the leading NUL that makes it abstract
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    name.copy(address.sun_path + 1, name.size());
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
    if (bind(claim.get(), reinterpret_cast<const sockaddr*>(&address), size) == 0)
        return claim;
    if (errno == EADDRINUSE)
        return Error{"another batond already runs in this network namespace; one batond carries any number "
                     "of instances, so stop that one (batonctl status shows it) or add to its configuration"};
    return Error{std::string("the network namespace cannot be claimed: ") + std::strerror(errno)};
}

} // namespace baton::daemon
