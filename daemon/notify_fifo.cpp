#include "daemon/notify_fifo.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace baton::daemon {
namespace {

Error refused(const std::string& path, const std::string& why) {
    return Error{"the notify_fifo " + path + " cannot be used: " + why};
}

Error refused(const std::string& path) { return refused(path, std::generic_category().message(errno)); }

} // namespace

Result<NotifyFifo, Error> NotifyFifo::open(const std::string& path) {
    if (::mkfifo(path.c_str(), 0600) != 0 && errno != EEXIST)
        return refused(path);
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0)
        return refused(path);
    if (!S_ISFIFO(status.st_mode))
        return refused(path, "there is something that is no named pipe");
    NotifyFifo fifo;
    fifo.fd_ = Descriptor(::open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW));
    if (!fifo.fd_)
        return refused(path);
    return fifo;
}

/// At most PIPE_BUF octets are written in one piece, or not at all (pipe(7)).
bool NotifyFifo::write(std::string_view line) {
    if (!fd_)
        return true;
    if (::write(fd_.get(), line.data(), line.size()) == static_cast<ssize_t>(line.size()))
        return true;
    ++lost_;
    return false;
}

} // namespace baton::daemon
