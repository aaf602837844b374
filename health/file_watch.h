// Tells at once when a file has been written, replaced or removed: by inotify(7), on its directory.
//
// A file counts as written when its writer closes it, so that nobody sees the half of it. Opens no file. What
// is changed behind a symbolic link, and all of it where the kernel gives no more watches, is not told:
// whoever asks here looks from time to time as well.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <functional>
#include <memory>
#include <string>

namespace baton::health {

class FileWatch {
public:
    /// `changed` is called from the loop, once for what comes together; it must not destroy this.
    FileWatch(boost::asio::io_context& loop, const std::string& path, std::function<void()> changed);
    FileWatch(FileWatch&&) = delete;
    ~FileWatch() = default;

    /// The directory may have come, or been replaced: to be called before each look at the file.
    void renew();

private:
    void wait();
    /// Takes all that is waiting. Whether some of it concerns the file.
    [[nodiscard]] bool take_events();

    std::string directory_;
    std::string name_;
    std::function<void()> changed_;
    boost::asio::posix::stream_descriptor inotify_;
    int watch_{-1}; ///< on the directory; none below 0
    /// A call may already be on its way when this is destroyed.
    std::shared_ptr<bool> alive_{std::make_shared<bool>(true)};
};

} // namespace baton::health
