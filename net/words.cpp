#include "net/words.h"

#include <array>
#include <cerrno>
#include <net/if.h>
#include <system_error>

namespace baton::net {

std::string error_text(int code) { return std::generic_category().message(code); }

std::optional<std::string> find_name(IfIndex interface) {
    std::array<char, IF_NAMESIZE> name{};
    if (::if_indextoname(interface.value, name.data()) == nullptr)
        return std::nullopt;
    return name.data();
}

std::string interface_name(IfIndex interface) {
    return find_name(interface).value_or("interface number " + std::to_string(interface.value));
}

Error cannot_open(const std::string& what, int code) {
    if (code == EPERM)
        return {"batond needs CAP_NET_RAW to open raw sockets; run it as root or grant the capability "
                "(setcap cap_net_raw,cap_net_admin+ep batond)"};
    return {"cannot open " + what + ": " + error_text(code)};
}

} // namespace baton::net
