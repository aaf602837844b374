// The daemon's Unix stream socket as a file: taken over when stale, refused when in use, removed at the end.
//
// Never deletes anything but a socket nobody answers at, and at the end only the one it made. unix(7).
#pragma once

#include "base/descriptor.h"
#include "base/result.h"

#include <string>
#include <sys/types.h>

namespace baton::control {

class SocketFile {
public:
    /// Creates, binds and listens; mode 0660, non-blocking, close-on-exec. The directory must be there.
    [[nodiscard]] static Result<SocketFile, Error> open(const std::string& path);

    SocketFile(SocketFile&&) noexcept = default;
    SocketFile& operator=(SocketFile&& other) noexcept;
    ~SocketFile(); ///< Removes the file, unless somebody has put another in its place.

    [[nodiscard]] int descriptor() const { return listening_.get(); }

private:
    SocketFile(Descriptor listening, std::string path);

    Descriptor listening_;
    std::string path_;
    dev_t device_{0};
    ino_t inode_{0};
};

} // namespace baton::control
