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
#include "vrrp/settings.h"

#include <boost/asio/io_context.hpp>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace baton::daemon {

class AdvertSockets {
public:
    /// `on_readable` is called when any of them has something to read. `settings` must outlive this.
    AdvertSockets(boost::asio::io_context& io, const vrrp::Settings& settings,
                  std::function<void()> on_readable)
        : io_(io), settings_(settings), on_readable_(std::move(on_readable)) {}

    /// Makes sure that the sockets its instances need are on the interface of that number, and none on an
    /// older one of that name.
    [[nodiscard]] Result<void, Error> open(const std::string& name, IfIndex index);

    /// The interface is gone.
    void close(const std::string& name) { sockets_.erase(name); }

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
    struct Open {
        IfIndex index;
        std::vector<std::unique_ptr<net::AdvertSocket>> sockets; ///< one a family
        std::unique_ptr<net::OwnerSocket> owner;                 ///< null without IPv4
    };

    [[nodiscard]] Result<void, Error> open_family(const std::string& name, Family family, Open& open);
    [[nodiscard]] Result<void, Error> open_owner(const std::string& name, Open& open);

    boost::asio::io_context& io_;
    const vrrp::Settings& settings_;
    std::function<void()> on_readable_;
    std::map<std::string, Open> sockets_;
};

} // namespace baton::daemon
