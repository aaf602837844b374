#include "netlink/words.h"

#include <array>
#include <cerrno>
#include <net/if.h>

namespace baton::netlink {

std::string name_of(IfIndex interface) {
    std::array<char, IF_NAMESIZE> name{};
    if (::if_indextoname(interface.value, name.data()) == nullptr)
        return "interface number " + std::to_string(interface.value);
    return name.data();
}

std::string words(const Refusal& refusal) {
    if (refusal.code != EPERM)
        return refusal.to_string();
    return refusal.to_string() + "; batond needs CAP_NET_ADMIN: run it as root or grant the capability";
}

} // namespace baton::netlink
