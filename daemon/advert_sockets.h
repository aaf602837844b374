// The advert sockets of this host: one for each interface that carries an instance.
//
// Opens them again when an interface was deleted and made anew. An interface without its socket is deaf, so
// the daemon must not tell the core that it is up.
#pragma once

#include "base/datagram.h"
#include "base/result.h"
#include "net/advert_socket.h"

#include <boost/asio/io_context.hpp>
#include <functional>
#include <map>
#include <string>

namespace baton::daemon {

class AdvertSockets {
public:
    /// `on_readable` is called when any of them has something to read.
    AdvertSockets(boost::asio::io_context& io, std::function<void()> on_readable)
        : io_(io), on_readable_(std::move(on_readable)) {}

    /// Makes sure there is a socket on the interface of that number, and none on an older one of that name.
    [[nodiscard]] Result<void, Error> open(const std::string& name, IfIndex index);

    /// The interface is gone.
    void close(const std::string& name) { sockets_.erase(name); }

    /// Null when there is none.
    [[nodiscard]] net::AdvertSocket* find(IfIndex index);

    /// Reads every socket dry.
    template <class OnDatagram>
    void drain(OnDatagram&& on_datagram) {
        for (auto& [name, open] : sockets_)
            open.socket->receive_all(on_datagram);
    }

private:
    struct Open {
        IfIndex index;
        std::unique_ptr<net::AdvertSocket> socket;
    };

    boost::asio::io_context& io_;
    std::function<void()> on_readable_;
    std::map<std::string, Open> sockets_;
};

} // namespace baton::daemon
