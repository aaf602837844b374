#include "netfilter/batch.h"

#include <cassert>
#include <libnftnl/common.h>

namespace baton::netfilter {

namespace {

constexpr std::size_t scratch_size = 65536;

char* room(std::vector<std::uint8_t>& scratch) { return reinterpret_cast<char*>(scratch.data()); }

} // namespace

Batch::Batch() : scratch_(scratch_size) { append(*nftnl_batch_begin(room(scratch_), sequence_++)); }

nlmsghdr* Batch::begin(std::uint16_t type, std::uint16_t family, int flags) {
    return nftnl_nlmsg_build_hdr(room(scratch_), type, family, static_cast<std::uint16_t>(flags),
                                 sequence_++);
}

void Batch::end() {
    last_ = bytes_.size();
    append(*reinterpret_cast<const nlmsghdr*>(scratch_.data()));
}

std::span<const std::uint8_t> Batch::finish() {
    assert(last_ != 0);
    reinterpret_cast<nlmsghdr*>(bytes_.data() + last_)->nlmsg_flags |= NLM_F_ACK;
    append(*nftnl_batch_end(room(scratch_), sequence_++));
    return bytes_;
}

void Batch::append(const nlmsghdr& message) {
    const auto* begin = reinterpret_cast<const std::uint8_t*>(&message);
    bytes_.insert(bytes_.end(), begin, begin + message.nlmsg_len);
    bytes_.resize(NLMSG_ALIGN(bytes_.size()));
}

} // namespace baton::netfilter
