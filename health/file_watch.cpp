#include "health/file_watch.h"

#include <algorithm>
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

} // namespace

FileWatches::FileWatches(boost::asio::io_context& loop) : inotify_(loop) {
    const int inotify = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    boost::system::error_code failed; // then there is none, and nothing is told
    if (inotify >= 0)
        inotify_.assign(inotify, failed);
    if (inotify_.is_open())
        wait();
}

int FileWatches::join(const std::string& directory) {
    if (!inotify_.is_open())
        return -1;
    const int watch =
        ::inotify_add_watch(inotify_.native_handle(), directory.c_str(), of_the_file | of_the_directory);
    if (watch >= 0)
        ++users_[watch];
    return watch;
}

void FileWatches::leave(int watch) {
    const auto known = users_.find(watch);
    if (known == users_.end() || --known->second != 0)
        return;
    users_.erase(known);
    ::inotify_rm_watch(inotify_.native_handle(), watch); // or the kernel has let go of it already
}

void FileWatches::wait() {
    inotify_.async_wait(inotify_.wait_read, [this, alive = std::weak_ptr(alive_)](const auto& cancelled) {
        if (cancelled || alive.expired())
            return;
        take_events();
        wait();
        for (auto* file : files_)
            if (std::exchange(file->concerned_, false))
                file->changed_();
    });
}

/// What does not fit makes it readable again.
void FileWatches::take_events() {
    alignas(inotify_event) std::array<char, 4096> events{};
    const auto size = ::read(inotify_.native_handle(), events.data(), events.size());
    for (ssize_t at = 0; at < size;) {
        inotify_event event{};
        std::memcpy(&event, events.data() + at, sizeof event);
        const auto* const name = events.data() + at + sizeof event;
        tell(event.wd, (event.mask & of_all) != 0, event.len > 0 ? name : "");
        at += static_cast<ssize_t>(sizeof event + event.len);
    }
}

/// Below 0 it is of all directories.
void FileWatches::tell(int watch, bool all, std::string_view name) {
    for (auto* file : files_)
        if ((watch < 0 || watch == file->watch_) && (all || name == file->name_))
            file->concerned_ = true;
}

FileWatch::FileWatch(FileWatches& all, const std::string& path, std::function<void()> changed)
    : all_(all), directory_(directory_of(path)), name_(path.substr(path.rfind('/') + 1)),
      changed_(std::move(changed)) {
    all_.files_.push_back(this);
    renew();
}

FileWatch::~FileWatch() {
    std::erase(all_.files_, this);
    all_.leave(watch_);
}

void FileWatch::renew() {
    const int before = std::exchange(watch_, all_.join(directory_));
    all_.leave(
        before); // of a directory that has another name now; or the same, which has this user once more
}

} // namespace baton::health
