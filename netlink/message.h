// One netlink request under construction, and the walk over the messages of an answer.
//
// A thin hold on libnl's nl_msg: libnl lays out headers, attributes and padding (netlink(7), nlmsg(3),
// nla_put(3)). Never sends anything.
#pragma once

#include <cstdint>
#include <linux/netlink.h>
#include <memory>
#include <span>
#include <string_view>

struct nl_msg;

namespace baton::netlink {

class Message {
public:
    /// `type` RTM_*, `flags` NLM_F_* (NLM_F_REQUEST is added).
    Message(int type, int flags);

    /// The fixed header that follows the netlink header: ifaddrmsg, ifinfomsg.
    template <class Header>
    void append(const Header& header) {
        append(&header, sizeof header);
    }

    void put(int attribute, std::span<const std::uint8_t> bytes);
    void put(int attribute, std::uint8_t value);
    void put(int attribute, std::uint32_t value);
    void put(int attribute, std::string_view text); ///< ended with a NUL octet, as the kernel has it

    /// An attribute with attributes: those that `fill` puts.
    template <class Fill>
    void nest(int attribute, Fill fill) {
        nlattr* begun = begin_nest(attribute);
        fill();
        end_nest(begun);
    }

    void stamp(std::uint32_t sequence) { header().nlmsg_seq = sequence; }

    /// The message as it goes on the wire.
    [[nodiscard]] std::span<const std::uint8_t> bytes() const;

private:
    struct Free {
        void operator()(nl_msg* message) const;
    };

    void append(const void* data, std::size_t size);
    [[nodiscard]] nlattr* begin_nest(int attribute);
    void end_nest(nlattr* begun);
    [[nodiscard]] nlmsghdr& header() const;

    std::unique_ptr<nl_msg, Free> message_;
};

/// The message at the front of `rest`, which then begins after it; null when no whole message is left.
[[nodiscard]] const nlmsghdr* next_message(std::span<const std::uint8_t>& rest);

} // namespace baton::netlink
