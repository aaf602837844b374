// A directory for one test, with scripts and named pipes in it; and running a loop until something is true.
//
// A named pipe tells whether a process that holds it still lives, without asking for its pid.
#pragma once

#include "base/descriptor.h"

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdlib>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <functional>
#include <poll.h>
#include <string>
#include <sys/stat.h>
#include <sys/wait.h>

namespace baton::testing {

/// Far longer than anything here takes: reached only when something is broken.
inline constexpr auto patience = std::chrono::seconds(60);

inline void run_until(boost::asio::io_context& loop, const std::function<bool()>& done) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    loop.restart();
    while (!done() && std::chrono::steady_clock::now() < deadline)
        loop.run_one_until(deadline);
    REQUIRE(done());
}

class Scratch {
public:
    Scratch() {
        std::string name = (std::filesystem::temp_directory_path() / "baton-test-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        directory_ = name;
    }
    ~Scratch() { std::filesystem::remove_all(directory_); }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;

    [[nodiscard]] std::string path(const std::string& name) const { return (directory_ / name).string(); }

    /// An executable file; "DIR" in its text stands for this directory.
    [[nodiscard]] std::string script(const std::string& name, std::string text) const {
        for (auto at = text.find("DIR"); at != std::string::npos; at = text.find("DIR", at))
            text.replace(at, 3, directory_.string());
        std::ofstream(path(name)) << text;
        std::filesystem::permissions(path(name), std::filesystem::perms::owner_all);
        return path(name);
    }

    [[nodiscard]] std::string read(const std::string& name) const {
        std::ifstream file(path(name));
        return {std::istreambuf_iterator<char>(file), {}};
    }

private:
    std::filesystem::path directory_;
};

/// A named pipe, open on our side for reading.
class Fifo {
public:
    Fifo(const Scratch& scratch, const std::string& name, int flags = O_RDONLY)
        : fd_((::mkfifo(scratch.path(name).c_str(), 0600),
               ::open(scratch.path(name).c_str(), flags | O_NONBLOCK | O_CLOEXEC))) {
        REQUIRE(fd_);
    }

    [[nodiscard]] std::string read_line() const {
        std::string line;
        pollfd readable{fd_.get(), POLLIN, 0};
        char c = 0;
        while (line.find('\n') == std::string::npos && ::poll(&readable, 1, patience_ms) > 0 &&
               ::read(fd_.get(), &c, 1) == 1)
            line += c;
        return line;
    }

    void write(const std::string& text) const {
        REQUIRE(::write(fd_.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    }

    /// Awaits that every process that had it open for writing is gone. Somebody must have opened it before.
    [[nodiscard]] bool all_writers_gone() const {
        pollfd gone{fd_.get(), 0, 0};
        return ::poll(&gone, 1, patience_ms) == 1 && (gone.revents & POLLHUP) != 0;
    }

private:
    static constexpr int patience_ms = 60'000;
    Descriptor fd_;
};

[[nodiscard]] inline std::size_t open_descriptors() {
    const std::filesystem::directory_iterator all("/proc/self/fd");
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

/// No child, not even a zombie.
[[nodiscard]] inline bool childless() {
    siginfo_t info{};
    return ::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == -1 && errno == ECHILD;
}

} // namespace baton::testing
