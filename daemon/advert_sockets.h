// The advert sockets of this host: one for each interface and family that carries an instance, and one for
// the adverts of an IPv4 owner that the kernel keeps from the first (net/owner_socket.h).
//
// Opens them again when an interface was deleted and made anew. An interface without the socket of a family
// is deaf in it, and the daemon must tell the core so: who hears nobody would take over. Nothing here waits
// for a family to be there again; whoever asks to open a second time finds out.
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
#include <optional>
#include <string>
#include <vector>

namespace baton::daemon {

/// Families without what they need, and why.
using Deaf = std::map<Family, std::string>;

class AdvertSockets {
public:
    /// `on_readable` is called when any of them has something to read.
    AdvertSockets(boost::asio::io_context& io, std::function<void()> on_readable)
        : io_(io), on_readable_(std::move(on_readable)) {}

    /// What is needed from now on. Nothing is opened or closed yet.
    void want(const std::vector<vrrp::Occupant>& occupants);

    /// Whether something is needed there.
    [[nodiscard]] bool wants(const std::string& name) const { return wanted_.contains(name); }
    [[nodiscard]] bool wants(const std::string& name, Family family) const;
    /// Where something is needed.
    [[nodiscard]] std::vector<std::string> wanted() const;

    /// Makes sure that the sockets that are needed are on the interface of that number, no others, and none
    /// on an older one of that name. One that serves as it is stays; another is read dry before it is closed.
    /// What cannot be had is in deaf(); the other families go on.
    void open(const std::string& name, IfIndex index);

    /// As it was when it was last opened.
    [[nodiscard]] Deaf deaf(const std::string& name) const;

    /// What could not be opened though the interface does the family, as without CAP_NET_RAW: that is not for
    /// time to mend.
    [[nodiscard]] std::optional<Error> refused(const std::string& name) const;

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
            for (auto& [family, ear] : open.ears)
                if (ear.socket)
                    ear.socket->receive_all(on_datagram);
            if (!open.owner)
                continue;
            open.owner->receive_all([&](const Datagram& datagram) {
                if (is_held(datagram.interface, datagram.source))
                    on_datagram(datagram);
            });
        }
    }

private:
    using Groups = std::vector<IpAddress>; ///< to join; sorted, so that they can be compared
    /// Of one interface.
    struct Wanted {
        std::map<Family, Groups> groups;          ///< of each family that needs a socket
        std::vector<IpAddress> virtual_addresses; ///< IPv4, sorted
    };
    struct Failure {
        std::string why;
        bool no_family; ///< the interface does not do it
    };
    /// Of one family.
    struct Ear {
        Groups groups;                             ///< what the socket was opened for
        std::unique_ptr<net::AdvertSocket> socket; ///< null when there is none to be had
        std::optional<Failure> failure;            ///< of the last attempt
    };
    struct Open {
        IfIndex index;
        std::map<Family, Ear> ears;
        std::vector<IpAddress> virtual_addresses; ///< what the owner's was opened for
        std::unique_ptr<net::OwnerSocket> owner;  ///< null without IPv4
    };

    void open_family(Open& open, Family family, const Groups& groups);
    void close_families(Open& open, const Wanted& wanted);
    void renew_owner(Open& open, const std::vector<IpAddress>& virtual_addresses);

    boost::asio::io_context& io_;
    std::function<void()> on_readable_;
    std::map<std::string, Wanted> wanted_;
    std::map<std::string, Open> sockets_;
};

} // namespace baton::daemon
