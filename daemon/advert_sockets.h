// The advert sockets of this host: one for each interface and family that carries an instance, and one for
// the adverts of an IPv4 owner that the kernel keeps from the first (net/owner_socket.h).
//
// Opens them again when an interface was deleted and made anew. An interface without its socket is deaf, so
// the daemon must not tell the core that it is up.
#pragma once

#include "base/datagram.h"
#include "base/result.h"
#include "net/advert_socket.h"
#include "net/owner_socket.h"
#include "vrrp/occupant.h"

#include <boost/asio/io_context.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace baton::daemon {

class AdvertSockets {
public:
    /// `on_readable` is called when any of them has something to read.
    AdvertSockets(boost::asio::io_context& io, std::function<void()> on_readable)
        : io_(io), on_readable_(std::move(on_readable)) {}

    /// What is needed from now on. Nothing is opened or closed yet.
    void want(const std::vector<vrrp::Occupant>& occupants);

    /// Whether something is needed there.
    [[nodiscard]] bool wants(const std::string& name) const { return wanted_.contains(name); }

    /// Makes sure that the sockets that are needed are on the interface of that number, no others, and none
    /// on an older one of that name. One that serves as it is stays; another is read dry before it is closed.
    [[nodiscard]] Result<void, Error> open(const std::string& name, IfIndex index);

    /// The interface is gone.
    void close(const std::string& name) { sockets_.erase(name); }

    /// Those on interfaces where nothing is needed any more.
    void close_others();

    /// Null when there is none.
    [[nodiscard]] net::AdvertSocket* find(IfIndex index, Family family);

    /// Reads every socket dry. `is_held(interface, address)` says whether this host holds an address now:
    /// only from such a one is a datagram's only way that of the owner's socket.
    template <class IsHeld, class OnDatagram>
    void drain(IsHeld&& is_held, OnDatagram&& on_datagram) {
        for (auto& [name, open] : sockets_) {
            for (auto& socket : open.sockets)
                socket->receive_all(on_datagram);
            if (!open.owner)
                continue;
            open.owner->receive_all([&](const Datagram& datagram) {
                if (is_held(datagram.interface, datagram.source))
                    on_datagram(datagram);
            });
        }
    }

private:
    using Groups = std::map<Family, std::vector<IpAddress>>; ///< to join, of each family that needs a socket
    /// Of one interface. Sorted, so that they can be compared.
    struct Wanted {
        Groups groups;
        std::vector<IpAddress> virtual_addresses; ///< IPv4
    };
    struct Open {
        IfIndex index;
        Wanted serves;                                           ///< what they were opened for
        std::vector<std::unique_ptr<net::AdvertSocket>> sockets; ///< one a family
        std::unique_ptr<net::OwnerSocket> owner;                 ///< null without IPv4
    };

    [[nodiscard]] Result<void, Error> open_families(Open& open, const Groups& wanted);
    [[nodiscard]] Result<void, Error> renew_owner(Open& open,
                                                  const std::vector<IpAddress>& virtual_addresses);

    boost::asio::io_context& io_;
    std::function<void()> on_readable_;
    std::map<std::string, Wanted> wanted_;
    std::map<std::string, Open> sockets_;
};

} // namespace baton::daemon
