// Tells at once when a file has been written, replaced or removed: by inotify(7), on its directory.
//
// A file counts as written when its writer closes it, so that nobody sees the half of it. Opens no file. What
// is changed behind a symbolic link, and all of it where the kernel gives no more watches, is not told:
// whoever asks here looks from time to time as well.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace baton::health {

class FileWatch;

/// One inotify instance for all files: a user has 128 of them by default, for all programs together.
class FileWatches {
public:
    explicit FileWatches(boost::asio::io_context& loop);
    FileWatches(FileWatches&&) = delete;
    ~FileWatches() = default;

private:
    friend class FileWatch;

    /// The kernel's number for the directory; below 0 there is no watch. As many leave() as join().
    [[nodiscard]] int join(const std::string& directory);
    void leave(int watch);

    void wait();
    void take_events();
    void tell(int watch, bool all, std::string_view name);

    boost::asio::posix::stream_descriptor inotify_;
    std::map<int, unsigned> users_; ///< of each watch
    std::vector<FileWatch*> files_;
    /// A call may already be on its way when this is destroyed.
    std::shared_ptr<bool> alive_{std::make_shared<bool>(true)};
};

class FileWatch {
public:
    /// `changed` is called from the loop; it must destroy none of these. `all` outlives this.
    FileWatch(FileWatches& all, const std::string& path, std::function<void()> changed);
    FileWatch(FileWatch&&) = delete;
    ~FileWatch();

    /// The directory may have come, or been replaced: to be called before each look at the file.
    void renew();

private:
    friend class FileWatches;

    FileWatches& all_;
    std::string directory_;
    std::string name_;
    std::function<void()> changed_;
    int watch_{-1}; ///< on the directory; none below 0
    bool concerned_{false};
};

} // namespace baton::health
