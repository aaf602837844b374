#include "control/socket_file.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <optional>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <system_error>

namespace baton::control {
namespace {

constexpr mode_t mode = 0660; // the owner and the group that administers baton
constexpr int backlog = 64;

Error system_error(const std::string& what) { return {what + ": " + std::generic_category().message(errno)}; }

Result<sockaddr_un, Error> address_of(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.empty() || path.size() >= sizeof address.sun_path)
        return Error{"the path of the control socket must have 1 to " +
                     std::to_string(sizeof address.sun_path - 1) + " characters, \"" + path + "\" has " +
                     std::to_string(path.size()) + "; choose a shorter runtime directory"};
    std::memcpy(address.sun_path, path.data(), path.size());
    return address;
}

const sockaddr* generic(const sockaddr_un& address) { return reinterpret_cast<const sockaddr*>(&address); }

Descriptor stream_socket() {
    return Descriptor(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

std::string process_behind(const Descriptor& connected) {
    ucred peer{};
    socklen_t size = sizeof peer;
    // A peer outside our pid namespace has no number here.
    if (::getsockopt(connected.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0 || peer.pid == 0)
        return "stop it first, or give another runtime directory";
    return "process " + std::to_string(peer.pid) + "; stop it first, or give another runtime directory";
}

/// Nothing if nobody is there.
std::optional<Error> somebody_answers(const sockaddr_un& address, const std::string& path) {
    const auto probe = stream_socket();
    if (!probe)
        return system_error("cannot make a socket");
    // A full queue (EAGAIN) is somebody too, only a slow one.
    if (::connect(probe.get(), generic(address), sizeof address) == 0 || errno == EAGAIN)
        return Error{"another batond already listens on " + path + " (" + process_behind(probe) + ")"};
    if (errno == ECONNREFUSED || errno == ENOENT)
        return std::nullopt;
    return system_error("cannot tell whether somebody listens on " + path);
}

/// Makes the path free, or says what stands there.
std::optional<Error> clear(const sockaddr_un& address, const std::string& path) {
    struct stat there {};
    if (::lstat(path.c_str(), &there) != 0)
        return errno == ENOENT ? std::nullopt : std::optional(system_error("cannot look at " + path));
    if (!S_ISSOCK(there.st_mode))
        return Error{path + " exists and is not a socket; move it away, or give another runtime directory"};
    if (auto answer = somebody_answers(address, path))
        return answer;
    if (::unlink(path.c_str()) != 0 && errno != ENOENT)
        return system_error("cannot remove the stale socket " + path);
    return std::nullopt;
}

/// Two that start together could each remove the other's socket: one at a time from here to listen(2).
Result<Descriptor, Error> lock_directory_of(const std::string& path) {
    const auto parent = std::filesystem::path(path).parent_path();
    const std::string directory = parent.empty() ? "." : parent.string();
    Descriptor lock(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!lock)
        return system_error("cannot open the runtime directory " + directory);
    if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0)
        return system_error("another batond is just starting in " + directory);
    return lock;
}

Result<Descriptor, Error> listen_at(const sockaddr_un& address, const std::string& path) {
    auto listening = stream_socket();
    if (!listening)
        return system_error("cannot make a socket");
    // The file gets the socket's mode less the umask: so it is at no time open to more than it will be.
    if (::fchmod(listening.get(), mode) != 0 ||
        ::bind(listening.get(), generic(address), sizeof address) != 0)
        return system_error("cannot create the control socket " + path);
    if (::chmod(path.c_str(), mode) != 0 || ::listen(listening.get(), backlog) != 0) {
        auto error = system_error("cannot listen on " + path);
        ::unlink(path.c_str());
        return error;
    }
    return listening;
}

} // namespace

Result<SocketFile, Error> SocketFile::open(const std::string& path) {
    const auto address = address_of(path);
    if (!address)
        return address.error();
    const auto lock = lock_directory_of(path);
    if (!lock)
        return lock.error();
    if (auto error = clear(*address, path))
        return *error;
    auto listening = listen_at(*address, path);
    if (!listening)
        return listening.error();
    return SocketFile(std::move(*listening), path);
}

SocketFile::SocketFile(Descriptor listening, std::string path)
    : listening_(std::move(listening)), path_(std::move(path)) {
    struct stat made {};
    if (::lstat(path_.c_str(), &made) == 0) {
        device_ = made.st_dev;
        inode_ = made.st_ino;
    }
}

SocketFile& SocketFile::operator=(SocketFile&& other) noexcept {
    std::swap(listening_, other.listening_);
    std::swap(path_, other.path_);
    std::swap(device_, other.device_);
    std::swap(inode_, other.inode_);
    return *this;
}

SocketFile::~SocketFile() {
    struct stat there {};
    if (listening_ && ::lstat(path_.c_str(), &there) == 0 && there.st_dev == device_ &&
        there.st_ino == inode_)
        ::unlink(path_.c_str());
}

} // namespace baton::control
