#include "daemon/privileges.h"

#include <charconv>
#include <fstream>
#include <iterator>
#include <linux/capability.h>

namespace baton::daemon {
namespace {

constexpr bool has(std::uint64_t set, unsigned capability) { return (set >> capability & 1U) != 0; }

} // namespace

std::optional<Error> missing_privileges(std::uint64_t effective) {
    std::string missing;
    if (!has(effective, CAP_NET_RAW))
        missing = "CAP_NET_RAW (to send and receive adverts)";
    if (!has(effective, CAP_NET_ADMIN))
        missing += std::string(missing.empty() ? "" : " and ") + "CAP_NET_ADMIN (to set addresses)";
    if (missing.empty())
        return std::nullopt;
    return Error{"batond lacks " + missing +
                 "; run it as root, or grant the capabilities: setcap cap_net_raw,cap_net_admin+ep "
                 "/usr/sbin/batond"};
}

std::uint64_t effective_capabilities(std::string_view proc_status) {
    constexpr std::string_view key = "CapEff:\t";
    const auto at = proc_status.find(key);
    if (at == std::string_view::npos)
        return 0;
    const auto hex = proc_status.substr(at + key.size(), 16);
    std::uint64_t set = 0;
    std::from_chars(hex.data(), hex.data() + hex.size(), set, 16);
    return set;
}

std::uint64_t own_capabilities() {
    std::ifstream file("/proc/self/status");
    const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    return effective_capabilities(text);
}

} // namespace baton::daemon
