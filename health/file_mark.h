// By what a file is known to be another one, or to have been changed: stat(2).
#pragma once

#include <cstdint>
#include <string>
#include <sys/stat.h>

namespace baton::health {

/// All zero for a file that is not there, or has no name.
struct FileMark {
    std::uint64_t device{0};
    std::uint64_t inode{0};
    std::int64_t size{0};
    std::int64_t seconds{0}; ///< of the last change of its contents
    std::int64_t nanoseconds{0};

    friend bool operator==(const FileMark&, const FileMark&) = default;
};

[[nodiscard]] inline FileMark mark_of(const std::string& path) {
    struct ::stat found {};
    if (path.empty() || ::stat(path.c_str(), &found) != 0)
        return {};
    return {found.st_dev, found.st_ino, found.st_size, found.st_mtim.tv_sec, found.st_mtim.tv_nsec};
}

} // namespace baton::health
