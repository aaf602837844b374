#include "netlink/inet_conf.h"

#include "netlink/attributes.h"

#include <cerrno>
#include <cstring>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

namespace baton::netlink {

namespace {

Message request_for(int type, IfIndex interface) {
    Message request(type, NLM_F_ACK);
    ifinfomsg header{};
    header.ifi_index = static_cast<int>(interface.value);
    request.append(header);
    return request;
}

// The kernel tells all of them as one array; the first has number 1.
std::optional<int> value_in(const nlmsghdr& message, int id) {
    const auto attributes = attributes_of<ifinfomsg, IFLA_MAX>(message);
    if (!attributes)
        return std::nullopt;
    const auto families = nested_in<AF_INET>((*attributes)[IFLA_AF_SPEC]);
    const auto inet = nested_in<IFLA_INET_MAX>(families[AF_INET]);
    if (inet[IFLA_INET_CONF] == nullptr)
        return std::nullopt;
    const auto values = bytes_of(inet[IFLA_INET_CONF]);
    const std::size_t place = static_cast<std::size_t>(id - 1) * sizeof(int);
    if (place + sizeof(int) > values.size())
        return std::nullopt;
    int value = 0;
    std::memcpy(&value, values.data() + place, sizeof value);
    return value;
}

} // namespace

Result<int, Refusal> read_inet_conf(Socket& socket, IfIndex interface, int id) {
    Message request = request_for(RTM_GETLINK, interface);
    const auto answer = socket.dump(request);
    if (!answer)
        return answer.error();
    std::span<const std::uint8_t> rest = *answer;
    while (const nlmsghdr* message = next_message(rest))
        if (const auto value = value_in(*message, id))
            return Result<int, Refusal>(boost::system::in_place_value, *value);
    return Refusal{EOPNOTSUPP, "the interface carries no IPv4"};
}

std::optional<Refusal> write_inet_conf(Socket& socket, IfIndex interface, int id, int value) {
    Message request = request_for(RTM_SETLINK, interface);
    request.nest(IFLA_AF_SPEC, [&] {
        request.nest(AF_INET, [&] {
            request.nest(IFLA_INET_CONF, [&] { request.put(id, static_cast<std::uint32_t>(value)); });
        });
    });
    return socket.perform({&request, 1}).front();
}

} // namespace baton::netlink
