// The socket as a file: made, refused, replaced, removed.
#include "control/socket_file.h"

#include "tests/unit/scratch.h"

#include <cstring>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/un.h>

using namespace baton;
using namespace baton::control;
using namespace baton::testing;

namespace {

/// A socket somebody bound: in use as long as the descriptor lives, stale afterwards.
Descriptor bound_socket(const std::string& path, int backlog) {
    Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.data(), path.size());
    REQUIRE(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    if (backlog >= 0)
        REQUIRE(::listen(socket.get(), backlog) == 0);
    return socket;
}

} // namespace

TEST_CASE("the socket has mode 0660 whatever the umask, and is gone at the end") {
    const Scratch scratch;
    const auto path = scratch.path("control.sock");
    for (const mode_t mask : {0000U, 0077U}) {
        const auto before = ::umask(mask);
        {
            const auto file = SocketFile::open(path);
            ::umask(before);
            REQUIRE(file.has_value());
            struct stat made {};
            REQUIRE(::lstat(path.c_str(), &made) == 0);
            CHECK(S_ISSOCK(made.st_mode));
            CHECK((made.st_mode & 07777) == 0660);
        }
        CHECK(!std::filesystem::exists(path));
    }
}

TEST_CASE("a socket at which somebody answers is refused, with who it is") {
    const Scratch scratch;
    const auto path = scratch.path("control.sock");
    const auto first = SocketFile::open(path);
    REQUIRE(first.has_value());
    const auto second = SocketFile::open(path);
    REQUIRE(second.has_error());
    CHECK(second.error().text == "another batond already listens on " + path + " (process " +
                                     std::to_string(::getpid()) +
                                     "; stop it first, or give another runtime directory)");
    CHECK(std::filesystem::exists(path));
}

TEST_CASE("somebody too busy to answer is somebody") {
    const Scratch scratch;
    const auto path = scratch.path("control.sock");
    const auto busy = bound_socket(path, 0);
    const auto fill = [&] { return SocketFile::open(path).error().text; };
    for (int i = 0; i < 3; ++i) // the first fills the queue of one
        CHECK(fill().starts_with("another batond already listens on " + path));
}

TEST_CASE("a stale socket is replaced") {
    const Scratch scratch;
    const auto path = scratch.path("control.sock");
    { const auto dead = bound_socket(path, 1); }
    REQUIRE(std::filesystem::exists(path));
    CHECK(SocketFile::open(path).has_value());
    { const auto never_listened = bound_socket(path, -1); }
    CHECK(SocketFile::open(path).has_value());
}

TEST_CASE("what is not a socket is never deleted") {
    const Scratch scratch;
    const auto path = scratch.path("control.sock");
    const auto text = path + " exists and is not a socket; move it away, or give another runtime directory";
    std::ofstream(path) << "precious";
    CHECK(SocketFile::open(path).error().text == text);
    CHECK(scratch.read("control.sock") == "precious");

    std::filesystem::remove(path);
    std::filesystem::create_symlink(scratch.path("elsewhere"), path);
    CHECK(SocketFile::open(path).error().text == text);
    CHECK(std::filesystem::is_symlink(path));
}

TEST_CASE("a file put in its place by somebody else is left alone") {
    const Scratch scratch;
    const auto path = scratch.path("control.sock");
    {
        const auto file = SocketFile::open(path);
        REQUIRE(file.has_value());
        std::filesystem::remove(path);
        std::ofstream(path) << "another";
    }
    CHECK(scratch.read("control.sock") == "another");
}

TEST_CASE("the path must fit a socket's address") {
    const Scratch scratch;
    const auto longest = sizeof(sockaddr_un::sun_path) - 1;
    const auto prefix = scratch.path("");
    const auto fits = prefix + std::string(longest - prefix.size(), 'x');
    CHECK(SocketFile::open(fits).has_value());
    CHECK(SocketFile::open(fits + "x").error().text ==
          "the path of the control socket must have 1 to 107 characters, \"" + fits +
              "x\" has 108; choose a shorter runtime directory");
    CHECK(SocketFile::open("").has_error());
}

TEST_CASE("two that start at the same time: one waits its turn") {
    const Scratch scratch;
    const Descriptor lock(::open(scratch.path("").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    REQUIRE(::flock(lock.get(), LOCK_EX) == 0);
    CHECK(SocketFile::open(scratch.path("control.sock"))
              .error()
              .text.starts_with("another batond is just starting in "));
    REQUIRE(::flock(lock.get(), LOCK_UN) == 0);
    CHECK(SocketFile::open(scratch.path("control.sock")).has_value());
}
