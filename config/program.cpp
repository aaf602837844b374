#include "config/program.h"

#include "config/json.h"
#include "scripts/command.h"

#include <cerrno>
#include <cstdlib>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace baton::config {

std::string program_fault(const std::string& path) {
    const auto shown = quote(path);
    if (!path.starts_with('/'))
        return "must be an absolute path, such as \"/usr/local/bin/check\", not " + shown;
    struct stat status {};
    if (stat(path.c_str(), &status) != 0)
        return shown + " cannot be run: " + std::generic_category().message(errno);
    if (!S_ISREG(status.st_mode))
        return shown + (S_ISDIR(status.st_mode) ? " is a directory" : " is not a regular file") +
               "; name the program in full";
    if (access(path.c_str(), X_OK) != 0)
        return shown + " cannot be run: " + std::generic_category().message(errno) + "; try chmod a+x";
    if ((status.st_mode & S_IWOTH) != 0)
        return shown + " may be changed by every user, and runs with the rights of batond; try chmod o-w";
    return "";
}

namespace {

std::string mode_fault_of(const std::string& path) {
    struct stat found {};
    if (stat(path.c_str(), &found) != 0)
        return std::generic_category().message(errno);
    if (const auto fault = scripts::mode_fault(found.st_mode); fault != scripts::ModeFault::none)
        return std::string(describe(fault));
    for (const auto& directory : scripts::directories_above(path))
        if (stat(directory.c_str(), &found) != 0)
            return std::generic_category().message(errno);
        else if (scripts::directory_fault(found.st_mode) != scripts::ModeFault::none)
            return "may be replaced, for others than its owner may write to " + quote(directory) +
                   "; try chmod go-w " + directory;
    return "";
}

/// Without links; the path itself if it cannot be followed.
std::string followed(const std::string& path) {
    char* const real = realpath(path.c_str(), nullptr);
    const std::string result = real == nullptr ? path : real;
    std::free(real); // NOLINT: realpath(3) allocates so
    return result;
}

} // namespace

std::string hook_program_fault(const std::string& path) {
    if (auto fault = program_fault(path); !fault.empty())
        return fault;
    const auto real = followed(path);
    for (const auto& one : {path, real})
        if (const auto fault = mode_fault_of(one); !fault.empty())
            return quote(one) + " " + fault;
    return "";
}

std::string program_of_line(const std::vector<std::string>& argv) {
    constexpr auto plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._+-@%";
    if (argv.size() < 3 || argv[0] != "/bin/sh" || argv[1] != "-c" || !argv[2].starts_with('/'))
        return "";
    const auto end = argv[2].find_first_not_of(plain);
    return end == std::string::npos || argv[2][end] == ' ' ? argv[2].substr(0, end) : "";
}

} // namespace baton::config
