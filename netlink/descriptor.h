// A file descriptor with one owner: closed when the owner goes.
#pragma once

#include <unistd.h>
#include <utility>

namespace baton::netlink {

class Descriptor {
public:
    explicit Descriptor(int fd) : fd_(fd) {}
    ~Descriptor() {
        if (fd_ >= 0)
            ::close(fd_);
    }
    Descriptor(Descriptor&& other) noexcept : fd_(other.release()) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }

    [[nodiscard]] int get() const { return fd_; }
    [[nodiscard]] bool valid() const { return fd_ >= 0; }

    /// The caller owns it from now on.
    [[nodiscard]] int release() { return std::exchange(fd_, -1); }

private:
    int fd_;
};

} // namespace baton::netlink
