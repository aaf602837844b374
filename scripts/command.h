// A program the operator wants run, how long it may take, and what it finds around itself.
#pragma once

#include "base/time.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace baton::scripts {

/// More output than this is read and thrown away, the oldest first.
inline constexpr std::size_t output_limit = 4096;

/// More than this is not given to a program to read.
inline constexpr std::size_t input_limit = std::size_t{1} << 20;

/// Whom a program runs as: numbers, so that nobody has to be asked for them when it is to run.
struct Identity {
    uid_t user{0};
    gid_t group{0};
    std::vector<gid_t> others; ///< the supplementary groups, all of them

    friend bool operator==(const Identity&, const Identity&) = default;
};

/// What to execute. Never through a shell, unless the operator wrote one string instead of a list: then the
/// configuration makes argv {"/bin/sh", "-c", STRING}, and that is all the shell there is.
struct Command {
    std::vector<std::string> argv; ///< argv[0] is an absolute path
    Duration timeout{std::chrono::seconds(1)};

    std::vector<std::string> environment{}; ///< "NAME=value", beside ours and before it
    std::string input{};                    ///< what its stdin holds, at most input_limit; else /dev/null
    std::optional<Identity> identity{};     ///< ours if there is none
    std::string directory{};                ///< where it starts; ours if empty
    std::optional<mode_t> umask{};          ///< ours if there is none
    std::size_t output_kept{output_limit};  ///< the last so many octets of its output
    Duration grace{};            ///< between SIGTERM and SIGKILL at its timeout; zero: SIGKILL at once
    bool dies_with_us{false};    ///< the kernel kills it when this process ends (PR_SET_PDEATHSIG)
    bool refuse_writable{false}; ///< mode_fault() and directory_fault() are asked before it is executed

    friend bool operator==(const Command&, const Command&) = default;
};

inline constexpr mode_t by_group = 0020;
inline constexpr mode_t by_all = 0002;

enum class ModeFault : std::uint8_t { none, not_regular, world_writable, group_writable, directory_writable };

/// Why a file of this mode is not to be run with rights that others do not have: whoever may write to it
/// would have them.
[[nodiscard]] constexpr ModeFault mode_fault(mode_t file) {
    constexpr mode_t type = 0170000;
    constexpr mode_t regular = 0100000;
    if ((file & type) != regular)
        return ModeFault::not_regular;
    if ((file & by_all) != 0)
        return ModeFault::world_writable;
    return (file & by_group) != 0 ? ModeFault::group_writable : ModeFault::none;
}

/// The same of a directory above it: there another file, or directory, may be put in its place, unless the
/// sticky bit leaves that to the owner.
[[nodiscard]] constexpr ModeFault directory_fault(mode_t directory) {
    constexpr mode_t sticky = 01000;
    const bool others_may = (directory & (by_all | by_group)) != 0 && (directory & sticky) == 0;
    return others_may ? ModeFault::directory_writable : ModeFault::none;
}

/// A predicate, and what to do: "may be changed by every user; try chmod o-w".
[[nodiscard]] constexpr std::string_view describe(ModeFault fault) {
    switch (fault) {
    case ModeFault::none:
        break;
    case ModeFault::not_regular:
        return "is not a regular file";
    case ModeFault::world_writable:
        return "may be changed by every user; try chmod o-w";
    case ModeFault::group_writable:
        return "may be changed by its whole group; try chmod g-w";
    case ModeFault::directory_writable:
        return "may be replaced, for others than its owner may write to a directory above it; try chmod go-w "
               "on "
               "that";
    }
    return "";
}

/// All directories above an absolute path: "/usr/bin", "/usr" and "/" of "/usr/bin/env".
[[nodiscard]] inline std::vector<std::string> directories_above(const std::string& path) {
    std::vector<std::string> all;
    for (auto slash = path.rfind('/'); slash != std::string::npos && slash != 0;
         slash = path.rfind('/', slash - 1))
        all.push_back(path.substr(0, slash));
    all.emplace_back("/");
    return all;
}

} // namespace baton::scripts
