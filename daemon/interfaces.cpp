#include "daemon/interfaces.h"

#include <array>
#include <net/if.h>

namespace baton::daemon {

std::map<std::string, IfIndex> interfaces_of_this_host() {
    std::map<std::string, IfIndex> present;
    struct if_nameindex* all = if_nameindex();
    if (all == nullptr)
        return present;
    for (const auto* entry = all; entry->if_index != 0; ++entry)
        present.emplace(entry->if_name, IfIndex{entry->if_index});
    if_freenameindex(all);
    return present;
}

std::string name_of(IfIndex interface) {
    std::array<char, IF_NAMESIZE> name{};
    if (if_indextoname(interface.value, name.data()) == nullptr)
        return "interface " + std::to_string(interface.value);
    return name.data();
}

} // namespace baton::daemon
