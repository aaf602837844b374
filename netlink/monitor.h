// Watches the kernel's links and addresses, and tells what has changed (rtnetlink(7)).
//
// Events are read until the socket is dry and only then told, as whole states: each changed interface once,
// with what is true now. When the kernel had to drop events (ENOBUFS) everything is read anew and the
// difference told; nothing is lost but the steps between. Never changes anything.
//
// An event about an address only says whose addresses to read again. Of IPv6 the kernel tells late (an
// address that needs no detection some time after the acknowledgement, one that does after its detection), so
// a table kept from events would miss addresses that are there, and have them in another order.
#pragma once

#include "base/result.h"
#include "netlink/socket.h"
#include "netlink/table.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string_view>
#include <vector>

namespace baton::netlink {

/// Whom to tell. Called from start(), drain(), resync() and from the executor; may call drain() and
/// resync(), but must not destroy the Monitor.
struct Listener {
    std::function<void(const LinkState&)> on_link;
    std::function<void(IfIndex, const std::vector<HeldAddress>&)> on_addresses;
    /// A table could not be read; it is tried again at the next event or resync(). Only from the executor:
    /// who calls drain() or resync() gets the error as the answer.
    std::function<void(const Error&)> on_error;
};

class Monitor {
public:
    /// Some 10,000 events; as much of it as the system allows (net.core.rmem_max) without CAP_NET_ADMIN.
    static constexpr int default_receive_buffer = 8 << 20;

    /// Subscribes, then reads all tables, so that nothing is missed. Tells nothing yet; find() works.
    /// `requests` must outlive the Monitor.
    [[nodiscard]] static Result<std::unique_ptr<Monitor>, Error>
    open(const boost::asio::any_io_executor& executor, Socket& requests, Listener listener,
         int receive_buffer = default_receive_buffer);

    /// Tells everything that is there, then watches.
    void start();

    /// Reads what has come in and tells what it changed. The executor does this by itself; call it to be
    /// sure that nothing is waiting.
    [[nodiscard]] Result<void, Error> drain();

    /// Reads all tables anew and tells what differs from what was told.
    [[nodiscard]] Result<void, Error> resync();

    /// Null when there is none. Good until the next drain(), resync() or turn of the executor.
    [[nodiscard]] const Interface* find(std::string_view name) const { return table_.find(name); }
    [[nodiscard]] const Interface* find(IfIndex index) const { return table_.find(index); }

    /// How often the kernel dropped events because we read too slowly.
    [[nodiscard]] std::uint64_t overruns() const { return overruns_; }

private:
    enum class Received : std::uint8_t { message, ignored, overrun, nothing };

    Monitor(const boost::asio::any_io_executor& executor, Descriptor events, Socket& requests,
            Listener listener);

    void wait();
    [[nodiscard]] Result<Received, Error> receive();
    void apply(std::span<const std::uint8_t> messages);
    void apply(Link link);
    [[nodiscard]] bool is_renewal(const PlacedAddress& placed) const;
    [[nodiscard]] Result<void, Error> read_again();
    [[nodiscard]] Result<void, Error> read_tables();
    void tell();

    boost::asio::posix::stream_descriptor events_;
    Socket& requests_;
    Listener listener_;
    Table table_;
    std::vector<std::uint8_t> buffer_;
    std::uint64_t overruns_{0};
    std::set<IfIndex> unread_; ///< whose addresses are not in the table as they are
    bool stale_{true};         ///< the table must be read anew
    std::shared_ptr<const bool> alive_{std::make_shared<const bool>(true)}; ///< for waits that outlive us
};

} // namespace baton::netlink
