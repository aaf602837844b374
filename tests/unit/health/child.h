// A child process that does nothing, under a name of its own, until the test ends it.
#pragma once

#include "base/descriptor.h"

#include <array>
#include <csignal>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <string>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace baton::testing {

class Child {
public:
    /// Has its name when this returns.
    explicit Child(const std::string& name) {
        std::array<int, 2> pipe{};
        REQUIRE(::pipe2(pipe.data(), O_CLOEXEC) == 0);
        id_ = ::fork();
        REQUIRE(id_ >= 0);
        if (id_ == 0)
            live(name, pipe[1]);
        ::close(pipe[1]);
        char ready = 0;
        CHECK(::read(pipe[0], &ready, 1) == 1);
        ::close(pipe[0]);
    }
    ~Child() {
        if (id_ > 0)
            end();
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    [[nodiscard]] pid_t id() const { return id_; }

    /// It has ended when this returns, and nobody has asked how.
    void become_zombie() const {
        siginfo_t info{};
        REQUIRE(::kill(id_, SIGKILL) == 0);
        REQUIRE(::waitid(P_PID, static_cast<id_t>(id_), &info, WEXITED | WNOWAIT) == 0);
    }
    /// Not even a zombie is left.
    void end() {
        ::kill(id_, SIGKILL);
        CHECK(::waitpid(id_, nullptr, 0) == id_);
        id_ = 0;
    }

private:
    [[noreturn]] static void live(const std::string& name, int ready) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL); // also when the test dies
        ::prctl(PR_SET_NAME, name.c_str());
        if (::write(ready, "x", 1) != 1)
            ::_exit(1);
        for (;;)
            ::pause();
    }

    pid_t id_{0};
};

/// Of no process of this machine but the test's own.
inline std::string unique_name() {
    static int number = 0;
    return "b" + std::to_string(::getpid()) + "-" + std::to_string(++number);
}

} // namespace baton::testing
