// Ancillary data of one datagram (cmsg(3)): what goes to the kernel beside it, or comes beside it.
//
// Room for what an advert socket says and hears: a packet info and a hop limit. Never allocates.
#pragma once

#include <array>
#include <cassert>
#include <cstdint>
#include <cstring>
#include <netinet/in.h>
#include <optional>
#include <sys/socket.h>

namespace baton::net {

class Ancillary {
public:
    /// All of the room, for the kernel to fill.
    void lend_to(msghdr& header) {
        header.msg_control = buffer_.data();
        header.msg_controllen = buffer_.size();
    }

    /// What has been added.
    void attach_to(msghdr& header) {
        header.msg_control = buffer_.data();
        header.msg_controllen = used_;
    }

    template <class Value>
    void add(int level, int type, const Value& value) {
        assert(buffer_.size() - used_ >= CMSG_SPACE(sizeof value));
        auto* item = reinterpret_cast<cmsghdr*>(buffer_.data() + used_);
        item->cmsg_level = level;
        item->cmsg_type = type;
        item->cmsg_len = CMSG_LEN(sizeof value);
        std::memcpy(CMSG_DATA(item), &value, sizeof value);
        used_ += CMSG_SPACE(sizeof value);
    }

private:
    alignas(cmsghdr)
        std::array<std::uint8_t, CMSG_SPACE(sizeof(in6_pktinfo)) + CMSG_SPACE(sizeof(int))> buffer_{};
    std::size_t used_{0};
};

/// What came of one kind; nothing when it did not come.
template <class Value>
[[nodiscard]] std::optional<Value> find_ancillary(msghdr& header, int level, int type) {
    for (cmsghdr* item = CMSG_FIRSTHDR(&header); item != nullptr; item = CMSG_NXTHDR(&header, item)) {
        if (item->cmsg_level != level || item->cmsg_type != type || item->cmsg_len < CMSG_LEN(sizeof(Value)))
            continue;
        Value value{};
        std::memcpy(&value, CMSG_DATA(item), sizeof value);
        return value;
    }
    return std::nullopt;
}

} // namespace baton::net
