#include "health/file_watch.h"

#include <array>
#include <cstring>
#include <sys/inotify.h>
#include <unistd.h>
#include <utility>

namespace baton::health {
namespace {

constexpr std::uint32_t of_the_file = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ATTRIB;
constexpr std::uint32_t of_the_directory = IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;

/// Of which the kernel does not say, or no more, what they are about.
constexpr std::uint32_t of_all = IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED | IN_Q_OVERFLOW | IN_UNMOUNT;

std::string directory_of(const std::string& path) {
    const auto slash = path.rfind('/');
    if (slash == std::string::npos)
        return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

bool concerns(const inotify_event& event, const char* name, const std::string& wanted) {
    return (event.mask & of_all) != 0 || (event.len > 0 && wanted == name);
}

} // namespace

FileWatch::FileWatch(boost::asio::io_context& loop, const std::string& path, std::function<void()> changed)
    : directory_(directory_of(path)), name_(path.substr(path.rfind('/') + 1)), changed_(std::move(changed)),
      inotify_(loop) {
    const int inotify = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    boost::system::error_code failed; // then there is none, and nothing is told
    if (inotify >= 0)
        inotify_.assign(inotify, failed);
    if (!inotify_.is_open())
        return;
    renew();
    wait();
}

void FileWatch::renew() {
    if (!inotify_.is_open())
        return;
    const int inotify = inotify_.native_handle();
    const int before = std::exchange(
        watch_, ::inotify_add_watch(inotify, directory_.c_str(), of_the_file | of_the_directory));
    if (before >= 0 && before != watch_)
        ::inotify_rm_watch(inotify, before); // of a directory that has another name now; or gone already
}

void FileWatch::wait() {
    inotify_.async_wait(inotify_.wait_read, [this, alive = std::weak_ptr(alive_)](const auto& cancelled) {
        if (cancelled || alive.expired())
            return;
        const bool concerned = take_events();
        wait();
        if (concerned)
            changed_();
    });
}

bool FileWatch::take_events() {
    alignas(inotify_event) std::array<char, 4096> events{};
    const auto size = ::read(inotify_.native_handle(), events.data(), events.size());
    bool concerned = false;
    for (ssize_t at = 0; at < size;) {
        inotify_event event{};
        std::memcpy(&event, events.data() + at, sizeof event);
        concerned = concerned || concerns(event, events.data() + at + sizeof event, name_);
        at += static_cast<ssize_t>(sizeof event + event.len);
    }
    return concerned; // what did not fit makes it readable again
}

} // namespace baton::health
