#include "config/read_local_check.h"

#include "config/members.h"
#include "config/read_peer.h"

#include <string_view>

namespace baton::config {
namespace {

/// D-Bus Specification, "Server Addresses": these octets stand for themselves, others are escaped.
bool stands_for_itself(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-_/.").find(c) != std::string_view::npos;
}

std::string bus_address(const std::string& path) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string address = "unix:path=";
    for (const char c : path) {
        const auto octet = static_cast<unsigned char>(c);
        if (stands_for_itself(c))
            address += c;
        else
            address += {'%', digits[octet >> 4U], digits[octet & 0xfU]};
    }
    return address;
}

/// As systemd says it, "/system.slice/postfix.service", it looks like a whole path, and is none.
bool lacks_mount_point(std::string_view cgroup) {
    return cgroup.starts_with('/') && cgroup.substr(0, cgroup.find('/', 1)).ends_with(".slice");
}

} // namespace

health::ProcessCheck read_process_check(const Json& json, const Pointer& at, Findings& findings) {
    health::ProcessCheck check{text(json, "pid_file"), text(json, "cgroup"), text(json, "name")};
    const auto* pid_file = find(json, "pid_file");
    const auto* cgroup = find(json, "cgroup");
    if (pid_file == nullptr && cgroup == nullptr && find(json, "name") == nullptr)
        findings.push_back({.pointer = at.text(),
                            .message = "which process? One of \"pid_file\", \"cgroup\" and \"name\" is "
                                       "missing"});
    if (pid_file != nullptr && cgroup != nullptr)
        findings.push_back({.pointer = (at / "cgroup").text(),
                            .message = "a process is found by \"pid_file\" or by \"cgroup\"; leave one of "
                                       "them out"});
    if (lacks_mount_point(check.cgroup))
        findings.push_back({.pointer = (at / "cgroup").text(),
                            .message = "a cgroup below /sys/fs/cgroup is written without the first \"/\": " +
                                       quote(check.cgroup.substr(1))});
    return check;
}

health::FileCheck read_file_check(const Json& json) { return {text(json, "path")}; }

health::SystemdCheck read_systemd_check(const Json& json, const Pointer& at, Findings& findings) {
    const auto socket = text(json, "bus");
    find_long_socket_path(socket, at / "bus", findings);
    return {text(json, "unit"), bus_address(socket)};
}

} // namespace baton::config
