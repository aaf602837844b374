#include "config/read_peer.h"

#include "config/address.h"
#include "config/members.h"
#include "config/read_value.h"

namespace baton::config {

Peer read_peer(const Json& json, const Pointer& at, Findings& findings) {
    Peer peer;
    if (const auto address = read_member(json, "address", read_peer_address, at, findings))
        peer.address = *address;
    peer.source = read_member(json, "source_address", read_peer_address, at, findings);
    if (peer.source && !is_stand_in(peer.address) && peer.source->family() != peer.address.family())
        findings.push_back(
            {.pointer = (at / "source_address").text(),
             .message = "must be of the family of \"address\", " + name_of(peer.address.family())});
    return peer;
}

std::string read_way_out(const Json& json, const IpAddress& peer, const Pointer& at, Findings& findings) {
    const bool needed = peer.family() == Family::ipv6 && peer.is_link_local();
    if (needed && find(json, "interface") == nullptr)
        findings.push_back({.pointer = (at / "address").text(),
                            .message = "a link-local address needs \"interface\" beside it: it is another "
                                       "one on each"});
    const auto source = IpAddress::parse(text(json, "source_address"));
    if (source && source->family() == Family::ipv6 && source->is_link_local() &&
        find(json, "interface") == nullptr)
        findings.push_back({.pointer = (at / "source_address").text(),
                            .message = "a link-local address needs \"interface\" beside it: it is another "
                                       "one on each"});
    return text(json, "interface");
}

std::uint16_t read_port(const Json& json, std::uint16_t standard) {
    return find(json, "port") != nullptr ? static_cast<std::uint16_t>(number(json, "port")) : standard;
}

void find_long_socket_path(const std::string& path, const Pointer& at, Findings& findings) {
    constexpr std::size_t longest = 107;
    if (path.size() > longest)
        findings.push_back({.pointer = at.text(),
                            .message = "a socket's path has at most " + std::to_string(longest) +
                                       " octets, and this has " + std::to_string(path.size())});
}

} // namespace baton::config
