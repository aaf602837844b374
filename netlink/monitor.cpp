#include "netlink/monitor.h"

#include "netlink/dump.h"
#include "netlink/parse.h"

#include <algorithm>
#include <cerrno>
#include <linux/rtnetlink.h>
#include <sys/socket.h>
#include <system_error>
#include <utility>

namespace baton::netlink {

namespace {

// One event is one link or one address; a link with all its attributes stays well below this.
constexpr std::size_t buffer_size = 32768;

Error failed(const char* step, const std::string& why) {
    return {"watching interfaces: " + std::string(step) + ": " + why};
}

Error failed(const char* step) {
    const int code = errno;
    return failed(step, std::generic_category().message(code));
}

Result<Descriptor, Error> subscribe(int receive_buffer) {
    Descriptor events(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE));
    if (!events)
        return failed("socket");
    // Beyond the system's limit where we may, else up to it: a smaller buffer only means more overruns.
    const socklen_t size = sizeof receive_buffer;
    if (::setsockopt(events.get(), SOL_SOCKET, SO_RCVBUFFORCE, &receive_buffer, size) != 0 &&
        ::setsockopt(events.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, size) != 0)
        return failed("SO_RCVBUF");
    sockaddr_nl self{};
    self.nl_family = AF_NETLINK;
    self.nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR;
    if (::bind(events.get(), reinterpret_cast<const sockaddr*>(&self), sizeof self) != 0)
        return failed("bind");
    return events;
}

} // namespace

Monitor::Monitor(const boost::asio::any_io_executor& executor, Descriptor events, Socket& requests,
                 Listener listener)
    : events_(executor, events.release()), requests_(requests), listener_(std::move(listener)),
      buffer_(buffer_size) {}

Result<std::unique_ptr<Monitor>, Error> Monitor::open(const boost::asio::any_io_executor& executor,
                                                      Socket& requests, Listener listener,
                                                      int receive_buffer) {
    auto events = subscribe(receive_buffer);
    if (!events)
        return events.error();
    std::unique_ptr<Monitor> monitor(
        new Monitor(executor, std::move(*events), requests, std::move(listener)));
    if (auto read = monitor->read_tables(); !read)
        return read.error();
    return monitor;
}

void Monitor::start() {
    tell();
    wait();
}

void Monitor::wait() {
    events_.async_wait(boost::asio::posix::descriptor_base::wait_read,
                       [this, alive = std::weak_ptr(alive_)](const boost::system::error_code& error) {
                           // The only error a wait can have: it was cancelled.
                           if (error || alive.expired())
                               return;
                           if (auto drained = drain(); !drained)
                               listener_.on_error(drained.error());
                           wait();
                       });
}

Result<void, Error> Monitor::drain() {
    for (;;) {
        const auto received = receive();
        if (!received)
            return received.error();
        if (*received == Received::nothing)
            break;
        if (*received == Received::overrun) {
            ++overruns_;
            stale_ = true;
        }
    }
    if (auto read = stale_ ? read_tables() : read_again(); !read)
        return read;
    tell();
    return {};
}

Result<void, Error> Monitor::resync() {
    stale_ = true;
    return drain();
}

// Takes in one datagram of events.
Result<Monitor::Received, Error> Monitor::receive() {
    sockaddr_nl sender{};
    iovec piece{buffer_.data(), buffer_.size()};
    msghdr header{};
    header.msg_name = &sender;
    header.msg_namelen = sizeof sender;
    header.msg_iov = &piece;
    header.msg_iovlen = 1;
    const ssize_t size = ::recvmsg(events_.native_handle(), &header, MSG_DONTWAIT);
    if (size < 0) {
        switch (errno) {
        case EAGAIN:
            return Received::nothing;
        case EINTR:
            return Received::ignored;
        case ENOBUFS:
            return Received::overrun;
        default:
            return failed("recvmsg");
        }
    }
    if (sender.nl_pid != 0) // only the kernel has the number 0
        return Received::ignored;
    if ((header.msg_flags & MSG_TRUNC) != 0)
        return Received::overrun;
    apply(std::span<const std::uint8_t>(buffer_).first(static_cast<std::size_t>(size)));
    return Received::message;
}

void Monitor::apply(std::span<const std::uint8_t> messages) {
    while (const nlmsghdr* message = next_message(messages)) {
        switch (message->nlmsg_type) {
        case RTM_NEWLINK:
            if (auto link = parse_link(*message))
                apply(std::move(*link));
            break;
        case RTM_DELLINK:
            if (const auto link = parse_link(*message))
                table_.remove(link->index);
            break;
        case RTM_NEWADDR:
            if (const auto placed = parse_address(*message); placed && !is_renewal(*placed))
                unread_.insert(placed->interface);
            break;
        case RTM_DELADDR:
            if (const auto placed = parse_address(*message))
                unread_.insert(placed->interface);
            break;
        default:
            break;
        }
    }
}

// The lease of an address of ours began anew: all the rest is as it was read.
bool Monitor::is_renewal(const PlacedAddress& placed) const {
    const Interface* known = table_.find(placed.interface);
    return known != nullptr && placed.address.ours &&
           std::find(known->addresses.begin(), known->addresses.end(), placed.address) !=
               known->addresses.end();
}

// A link that goes down may keep its IPv6 addresses (keep_addr_on_down); that they have to be detected anew
// is told by nobody.
void Monitor::apply(Link link) {
    const Interface* known = table_.find(link.index);
    if (known == nullptr || known->link.up != link.up)
        unread_.insert(link.index);
    table_.put(std::move(link));
}

Result<void, Error> Monitor::read_again() {
    for (const IfIndex index : std::exchange(unread_, {})) {
        auto addresses = read_addresses(requests_, index);
        if (addresses)
            table_.put(index, std::move(*addresses));
        else if (addresses.error().code == ENODEV)
            continue; // gone: its last event is here or on its way
        else {
            stale_ = true;
            return failed("reading addresses", addresses.error().to_string());
        }
    }
    return {};
}

// What changes while the tables are read is in both, the tables and the events that follow: the last word is
// the newest, so the order does no harm.
Result<void, Error> Monitor::read_tables() {
    auto links = read_links(requests_);
    if (!links)
        return failed("reading links", links.error().to_string());
    const auto addresses = read_addresses(requests_);
    if (!addresses)
        return failed("reading addresses", addresses.error().to_string());
    table_.replace(std::move(*links), *addresses);
    unread_.clear();
    stale_ = false;
    return {};
}

// The changes are taken first: a listener may call us again.
void Monitor::tell() {
    const Changes changes = table_.take_changes();
    for (const LinkState& link : changes.links)
        listener_.on_link(link);
    for (const AddressState& state : changes.addresses)
        listener_.on_addresses(state.interface, state.addresses);
}

} // namespace baton::netlink
