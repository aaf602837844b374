// Hears who else says that a virtual address is theirs, on each link that carries some of this host's
// instances.
//
// Nothing hangs on it but what is told: where such a socket cannot be had, that is told, and all else goes
// on; it is tried again when something changes there.
#pragma once

#include "base/result.h"
#include "net/claim_socket.h"
#include "vrrp/occupant.h"

#include <boost/asio/io_context.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace baton::daemon {

class ClaimSockets {
public:
    /// `on_readable` is called when any of them has something to read.
    ClaimSockets(boost::asio::io_context& io, std::function<void()> on_readable)
        : io_(io), on_readable_(std::move(on_readable)) {}

    /// Of which addresses claims are to be heard from now on, and on which links. Nothing is opened yet.
    void want(const std::vector<vrrp::Occupant>& occupants);

    /// Where some are to be heard.
    [[nodiscard]] std::vector<std::string> wanted() const;

    /// The interface of that name has that number: makes sure that the sockets that are wanted there are
    /// open, and no others. The first that cannot be had is the error.
    [[nodiscard]] Result<void, Error> open(const std::string& name, IfIndex index);

    /// The interface is gone.
    void close(const std::string& name) { open_.erase(name); }

    /// Those on interfaces where none is wanted any more.
    void close_others();

    struct Heard {
        IfIndex interface; ///< the socket's
        IfIndex meant;     ///< the same, or one that stands on it
        net::AddressClaim claim;
    };

    /// Some of what is waiting: the rest in the next turn of the loop.
    [[nodiscard]] std::vector<Heard> receive();

private:
    using Addresses = std::vector<IpAddress>; ///< sorted
    using Families = std::map<Family, Addresses>;
    struct Ear {
        Addresses addresses; ///< what it was opened for
        std::unique_ptr<net::ClaimSocket> socket;
    };
    struct Open {
        IfIndex index;
        std::map<Family, Ear> ears;
    };

    boost::asio::io_context& io_;
    std::function<void()> on_readable_;
    std::map<std::string, Families> wanted_; ///< by the name of the interface
    std::map<std::string, Open> open_;       ///< the same
};

} // namespace baton::daemon
