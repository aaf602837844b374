#include "auth/private_file.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <system_error>

namespace baton::auth {
namespace {

namespace fs = std::filesystem;

constexpr mode_t others_may_read_or_write = S_IRWXG | S_IRWXO;
constexpr mode_t others_may_write = S_IWGRP | S_IWOTH;
constexpr mode_t permissions = 07777;

std::string octal(mode_t mode) {
    std::array<char, 8> text{};
    std::snprintf(text.data(), text.size(), "%04o", static_cast<unsigned>(mode & permissions));
    return text.data();
}

bool trusted(uid_t owner, uid_t user) { return owner == 0 || owner == user; }

Error foreign(const std::string& name, uid_t owner) {
    return {name + " belongs to user " + std::to_string(owner) +
            ", who is neither root nor the user batond runs as; give it to one of them (chown)"};
}

Result<void, Error> check_file(const std::string& name, const std::string& path, int fd, uid_t user) {
    struct stat file {};
    if (::fstat(fd, &file) != 0)
        return last_error("cannot look at " + name);
    if (!S_ISREG(file.st_mode))
        return Error{name + " is not a regular file"};
    if (!trusted(file.st_uid, user))
        return foreign(name, file.st_uid);
    if ((file.st_mode & others_may_read_or_write) != 0)
        return Error{name + " is open to others than its owner (mode " + octal(file.st_mode) +
                     "): run chmod 600 " + path};
    return {};
}

/// Above the file's own directory a sticky one will do, such as /tmp: nobody can rename another's there.
Result<void, Error> check_directory(const std::string& name, const fs::path& directory, bool own,
                                    uid_t user) {
    struct stat found {};
    const auto where = name + " is in " + directory.string() + ", which ";
    if (::stat(directory.c_str(), &found) != 0)
        return last_error("cannot look at the directory " + directory.string() + " of " + name);
    if (!trusted(found.st_uid, user))
        return Error{where + "belongs to user " + std::to_string(found.st_uid) +
                     ", who could put another file in its place; choose another directory"};
    const bool sticky = !own && (found.st_mode & S_ISVTX) != 0;
    if ((found.st_mode & others_may_write) != 0 && !sticky)
        return Error{where + "others may write to (mode " + octal(found.st_mode) + "): run chmod go-w " +
                     directory.string() + ", or choose another directory"};
    return {};
}

} // namespace

Error last_error(const std::string& what) { return {what + ": " + std::generic_category().message(errno)}; }

Result<void, Error> check_directory_of(const std::string& what, const std::string& path, uid_t user) {
    const auto name = "the " + what + " " + path;
    std::error_code failed;
    const auto own = fs::canonical(fs::absolute(path, failed).parent_path(), failed);
    if (failed)
        return Error{"cannot find the directory of " + name + ": " + failed.message()};
    for (auto directory = own;; directory = directory.parent_path()) {
        if (auto checked = check_directory(name, directory, directory == own, user); !checked)
            return checked;
        if (directory == directory.root_path())
            return {};
    }
}

Result<Descriptor, Error> open_private(const std::string& what, const std::string& path, int access,
                                       uid_t user) {
    const auto name = "the " + what + " " + path;
    Descriptor file(::open(path.c_str(), access | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (!file && errno == ELOOP)
        return Error{name + " is a symbolic link; name the file itself"};
    if (!file && errno == EISDIR)
        return Error{name + " is not a regular file"};
    if (!file)
        return last_error("cannot open " + name);
    if (auto checked = check_file(name, path, file.get(), user); !checked)
        return checked.error();
    if (auto checked = check_directory_of(what, path, user); !checked)
        return checked.error();
    return file;
}

} // namespace baton::auth
