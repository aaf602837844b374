// The control API: HTTP/1.1 and JSON over a Unix stream socket, on the daemon's loop.
//
// Never waits for a client and never keeps one for long: header, body, time and number of connections are
// bounded. What it answers stands in routes.h.
#pragma once

#include "base/result.h"
#include "base/time.h"
#include "control/service.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace boost::asio {
class io_context;
}

namespace baton::control {

/// How much one client, and all of them together, may ask of the daemon.
struct Limits {
    std::uint32_t header_bytes{8192};
    std::uint64_t body_bytes{65536};
    Duration exchange{std::chrono::seconds(10)}; ///< from the wait for a request to the end of its answer
    std::size_t connections{64};                 ///< one more, and the one that is open longest is closed
};

class Server {
public:
    /// `service` is asked once for each request that needs it, from the loop.
    Server(boost::asio::io_context& loop, Service service, Limits limits = {});
    Server(Server&&) = delete;
    ~Server(); ///< As close().

    /// Starts to answer at this path (socket_file.h says what is refused). Call once.
    [[nodiscard]] Result<void, Error> open(const std::string& path);

    /// Drops all connections and removes the socket file.
    void close();

private:
    class Listener;
    std::shared_ptr<Listener> listener_;
};

} // namespace baton::control
