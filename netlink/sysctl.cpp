#include "netlink/sysctl.h"

#include "base/descriptor.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <unistd.h>

namespace baton::netlink {

namespace {

std::string path_of(Family family, std::string_view interface, std::string_view setting) {
    std::string path = family == Family::ipv4 ? "/proc/sys/net/ipv4/conf/" : "/proc/sys/net/ipv6/conf/";
    return path.append(interface).append("/").append(setting);
}

} // namespace

std::string sysctl_name(Family family, std::string_view interface, std::string_view setting) {
    std::string name(interface);
    std::replace(name.begin(), name.end(), '.', '/');
    return (family == Family::ipv4 ? "net.ipv4.conf." : "net.ipv6.conf.") + name + "." + std::string(setting);
}

Result<int, Refusal> read_sysctl(Family family, std::string_view interface, std::string_view setting) {
    const Descriptor file(::open(path_of(family, interface, setting).c_str(), O_RDONLY | O_CLOEXEC));
    if (!file)
        return Refusal{errno, {}};
    std::array<char, 32> text{};
    const ssize_t size = ::read(file.get(), text.data(), text.size());
    if (size < 0)
        return Refusal{errno, {}};
    int value = 0;
    if (std::from_chars(text.data(), text.data() + size, value).ec != std::errc())
        return Refusal{EBADMSG, "not a number"};
    return Result<int, Refusal>(boost::system::in_place_value, value);
}

std::optional<Refusal> write_sysctl(Family family, std::string_view interface, std::string_view setting,
                                    int value) {
    const Descriptor file(::open(path_of(family, interface, setting).c_str(), O_WRONLY | O_CLOEXEC));
    if (!file)
        return Refusal{errno, {}};
    const std::string text = std::to_string(value);
    // The kernel takes a setting whole or not at all.
    if (::write(file.get(), text.data(), text.size()) < 0)
        return Refusal{errno, {}};
    return std::nullopt;
}

} // namespace baton::netlink
