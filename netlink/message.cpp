#include "netlink/message.h"

#include <algorithm>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <new>
#include <string>

namespace baton::netlink {

namespace {

// The largest request of ours makes a macvlan: below 150 octets.
constexpr std::size_t request_room = 256;

// libnl fails here only when it has no memory, or when a request outgrows request_room (a programmer's slip).
void must(int code) {
    if (code < 0)
        throw std::bad_alloc();
}

} // namespace

Message::Message(int type, int flags) : message_(nlmsg_alloc_size(request_room)) {
    if (!message_ || nlmsg_put(message_.get(), 0, 0, type, 0, NLM_F_REQUEST | flags) == nullptr)
        throw std::bad_alloc();
}

void Message::Free::operator()(nl_msg* message) const { nlmsg_free(message); }

void Message::append(const void* data, std::size_t size) {
    // nlmsg_append() only reads the data, though its signature does not say so.
    must(nlmsg_append(message_.get(), const_cast<void*>(data), size, NLMSG_ALIGNTO));
}

void Message::put(int attribute, std::span<const std::uint8_t> bytes) {
    must(nla_put(message_.get(), attribute, static_cast<int>(bytes.size()), bytes.data()));
}

void Message::put(int attribute, std::uint8_t value) { must(nla_put_u8(message_.get(), attribute, value)); }

void Message::put(int attribute, std::uint32_t value) { must(nla_put_u32(message_.get(), attribute, value)); }

void Message::put(int attribute, std::string_view text) {
    must(nla_put_string(message_.get(), attribute, std::string(text).c_str()));
}

nlattr* Message::begin_nest(int attribute) {
    nlattr* begun = nla_nest_start(message_.get(), attribute);
    if (begun == nullptr)
        throw std::bad_alloc();
    return begun;
}

void Message::end_nest(nlattr* begun) { must(nla_nest_end(message_.get(), begun)); }

nlmsghdr& Message::header() const { return *nlmsg_hdr(message_.get()); }

std::span<const std::uint8_t> Message::bytes() const {
    return {reinterpret_cast<const std::uint8_t*>(&header()), header().nlmsg_len};
}

const nlmsghdr* next_message(std::span<const std::uint8_t>& rest) {
    const auto* message = reinterpret_cast<const nlmsghdr*>(rest.data());
    if (nlmsg_ok(message, static_cast<int>(rest.size())) == 0)
        return nullptr;
    const std::size_t taken = NLMSG_ALIGN(static_cast<std::size_t>(message->nlmsg_len));
    rest = rest.subspan(std::min(taken, rest.size()));
    return message;
}

} // namespace baton::netlink
