#include "netlink/macvlan.h"

#include "netlink/attributes.h"
#include "netlink/words.h"

#include <cerrno>
#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>
#include <vector>

namespace baton::netlink {

namespace {

constexpr std::string_view kind = "macvlan";

/// A link that is there, whosoever it is.
struct Found {
    IfIndex index;
    std::string name;
    bool ours{false};
};

Error failed(const std::string& name, const std::string& why) { return {"macvlan " + name + ": " + why}; }

Message request_for(int type, int flags, IfIndex link, unsigned link_flags = 0, unsigned change = 0) {
    Message request(type, flags);
    ifinfomsg header{};
    header.ifi_index = static_cast<int>(link.value);
    header.ifi_flags = link_flags;
    header.ifi_change = change;
    request.append(header);
    return request;
}

Message request_to_create(const Macvlan& macvlan) {
    Message request = request_for(RTM_NEWLINK, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL, IfIndex());
    request.put(IFLA_IFNAME, macvlan.name);
    request.put(IFLA_LINK, std::uint32_t{macvlan.parent.value});
    request.put(IFLA_ADDRESS, macvlan.mac.octets);
    request.put(IFLA_GROUP, link_mark);
    request.nest(IFLA_LINKINFO, [&] {
        request.put(IFLA_INFO_KIND, kind);
        request.nest(IFLA_INFO_DATA,
                     [&] { request.put(IFLA_MACVLAN_MODE, std::uint32_t{MACVLAN_MODE_BRIDGE}); });
    });
    return request;
}

// No link-local address, so nothing that would be detected, solicited or reported (RFC 4862) before we are
// Active. The kernel takes it for a link that exists, not in the message that creates it.
Message request_without_addresses(IfIndex link) {
    Message request = request_for(RTM_NEWLINK, NLM_F_ACK, link);
    request.nest(IFLA_AF_SPEC, [&] {
        request.nest(AF_INET6,
                     [&] { request.put(IFLA_INET6_ADDR_GEN_MODE, std::uint8_t{IN6_ADDR_GEN_MODE_NONE}); });
    });
    return request;
}

std::optional<Found> parse(const nlmsghdr& message) {
    const auto attributes = attributes_of<ifinfomsg, IFLA_MAX>(message);
    if (!attributes)
        return std::nullopt;
    const auto& info = *static_cast<const ifinfomsg*>(nlmsg_data(&message));
    const auto made_as = nested_in<IFLA_INFO_MAX>((*attributes)[IFLA_LINKINFO]);
    Found found;
    found.index = IfIndex(static_cast<unsigned>(info.ifi_index));
    found.name = text_of((*attributes)[IFLA_IFNAME]);
    found.ours =
        text_of(made_as[IFLA_INFO_KIND]) == kind && number_of((*attributes)[IFLA_GROUP]) == link_mark;
    return found;
}

Result<std::vector<Found>, Refusal> read(Socket& socket, Message& request) {
    const auto answer = socket.dump(request);
    if (!answer)
        return answer.error();
    std::vector<Found> all;
    std::span<const std::uint8_t> rest = *answer;
    while (const nlmsghdr* message = next_message(rest))
        if (auto found = parse(*message))
            all.push_back(std::move(*found));
    return all;
}

// Exactly one, for the kernel refuses with ENODEV where there is none.
Result<Found, Refusal> read_one(Socket& socket, Message request) {
    const auto all = read(socket, request);
    if (!all)
        return all.error();
    return all->empty() ? Result<Found, Refusal>(Refusal{ENODEV, {}}) : all->front();
}

Result<Found, Refusal> find(Socket& socket, IfIndex link) {
    return read_one(socket, request_for(RTM_GETLINK, NLM_F_ACK, link));
}

Result<Found, Refusal> find(Socket& socket, const std::string& name) {
    Message request = request_for(RTM_GETLINK, NLM_F_ACK, IfIndex());
    request.put(IFLA_IFNAME, name);
    return read_one(socket, std::move(request));
}

Error not_ours(const std::string& name) {
    return failed(name, "a link of this name is there and was not made by baton; remove it (ip link del " +
                            name + ") or give it another name");
}

} // namespace

std::optional<Refusal> Macvlans::ask(Message request) { return socket_.perform({&request, 1}).front(); }

Result<IfIndex, Error> Macvlans::create(const Macvlan& macvlan) {
    auto refused = ask(request_to_create(macvlan));
    if (refused && refused->code == EEXIST) {
        if (auto room = make_room(macvlan.name); !room)
            return room.error();
        refused = ask(request_to_create(macvlan));
    }
    if (refused)
        return failed(macvlan.name, "cannot be made on " + name_of(macvlan.parent) + ": " + words(*refused));
    const auto made = find(socket_, macvlan.name);
    if (!made)
        return failed(macvlan.name, "gone as soon as it was made: " + words(made.error()));
    refused = ask(request_without_addresses(made->index));
    // A kernel without IPv6, or a link too small for it, makes no addresses anyway.
    if (!refused || refused->code == EAFNOSUPPORT)
        return made->index;
    std::string why = "cannot be kept from making IPv6 addresses: " + words(*refused);
    if (const auto removed = remove_ours(made->index, macvlan.name); !removed)
        why += "; " + removed.error().text;
    return failed(macvlan.name, why);
}

Result<void, Error> Macvlans::make_room(const std::string& name) {
    const auto found = find(socket_, name);
    if (!found)
        return failed(name, "cannot be looked at: " + words(found.error()));
    return found->ours ? remove_ours(found->index, name) : not_ours(name);
}

Result<void, Error> Macvlans::set_up(IfIndex link) {
    const auto refused = ask(request_for(RTM_NEWLINK, NLM_F_ACK, link, IFF_UP, IFF_UP));
    if (!refused)
        return {};
    if (refused->code == EADDRINUSE)
        return failed(name_of(link), "another link on the same interface is up with the same MAC address; is "
                                     "another VRRP daemon running?");
    return failed(name_of(link), "cannot be set up: " + words(*refused));
}

Result<void, Error> Macvlans::set_address(IfIndex link, const MacAddress& mac) {
    Message request = request_for(RTM_NEWLINK, NLM_F_ACK, link);
    request.put(IFLA_ADDRESS, mac.octets);
    if (const auto refused = ask(std::move(request)))
        return failed(name_of(link),
                      "cannot be given the MAC address " + mac.to_string() + ": " + words(*refused));
    return {};
}

Result<void, Error> Macvlans::set_down(IfIndex link) {
    const auto refused = ask(request_for(RTM_NEWLINK, NLM_F_ACK, link, 0, IFF_UP));
    if (!refused || refused->code == ENODEV)
        return {};
    return failed(name_of(link), "cannot be set down: " + words(*refused));
}

Result<void, Error> Macvlans::remove(IfIndex link) {
    const auto found = find(socket_, link);
    if (!found && found.error().code == ENODEV)
        return {};
    if (!found)
        return failed(name_of(link), "cannot be looked at: " + words(found.error()));
    return found->ours ? remove_ours(link, found->name) : not_ours(found->name);
}

Result<void, Error> Macvlans::remove_ours(IfIndex link, const std::string& name) {
    const auto refused = ask(request_for(RTM_DELLINK, NLM_F_ACK, link));
    if (!refused || refused->code == ENODEV)
        return {};
    return failed(name, "cannot be removed: " + words(*refused));
}

Result<void, Error> Macvlans::sweep() {
    Message request = request_for(RTM_GETLINK, NLM_F_DUMP, IfIndex());
    request.put(IFLA_EXT_MASK, static_cast<std::uint32_t>(RTEXT_FILTER_SKIP_STATS));
    request.nest(IFLA_LINKINFO, [&] { request.put(IFLA_INFO_KIND, kind); });
    const auto all = read(socket_, request);
    if (!all)
        return Error{"left-over macvlans cannot be looked for: " + words(all.error())};
    Result<void, Error> done;
    for (const Found& found : *all)
        if (found.ours)
            if (auto removed = remove_ours(found.index, found.name); !removed)
                done = removed;
    return done;
}

} // namespace baton::netlink
