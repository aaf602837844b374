#include "tests/unit/netlink/namespace.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <net/if.h>
#include <sched.h>
#include <sstream>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace baton::test {

namespace {

void write_file(const std::string& path, const std::string& text) {
    std::ofstream file(path);
    file << text << std::flush;
    REQUIRE_MESSAGE(file.good(), "cannot write " << path);
}

// To be root in there is all that network namespaces, links and raw sockets ask for.
void enter_user_namespace() {
    const auto user = std::to_string(::geteuid());
    const auto group = std::to_string(::getegid());
    REQUIRE_MESSAGE(::unshare(CLONE_NEWUSER) == 0,
                    "no user namespace (" << std::strerror(errno) << "): run this test as root");
    write_file("/proc/self/setgroups", "deny");
    write_file("/proc/self/uid_map", "0 " + user + " 1");
    write_file("/proc/self/gid_map", "0 " + group + " 1");
}

int current() {
    const int fd = ::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    REQUIRE(fd >= 0);
    return fd;
}

void unshare_network() {
    REQUIRE_MESSAGE(::unshare(CLONE_NEWNET) == 0,
                    "no network namespace (" << std::strerror(errno) << "): this test needs one");
}

void go_to(int fd) { REQUIRE(::setns(fd, CLONE_NEWNET) == 0); }

} // namespace

void ip(const std::string& arguments) {
    std::vector<std::string> words{"ip"};
    std::istringstream text(arguments);
    for (std::string word; text >> word;)
        words.push_back(word);
    std::vector<char*> argv;
    for (std::string& word : words)
        argv.push_back(word.data());
    argv.push_back(nullptr);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        ::execvp("ip", argv.data());
        ::_exit(127);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE_MESSAGE(status == 0, "ip " << arguments << ": status " << status);
}

void set_sysctl(const std::string& name, const std::string& value) { write_file("/proc/sys/" + name, value); }

std::string get_sysctl(const std::string& name) {
    std::ifstream file("/proc/sys/" + name);
    std::string value;
    REQUIRE_MESSAGE(std::getline(file, value), "cannot read " << name);
    return value;
}

void promote_secondaries(const std::string& interface, bool promote) {
    set_sysctl("net/ipv4/conf/" + interface + "/promote_secondaries", promote ? "1" : "0");
}

unsigned index_of(const std::string& name) { return ::if_nametoindex(name.c_str()); }

void bring_up(const std::string& name) {
    ip("link set " + name + " up");
    const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const auto end = std::chrono::steady_clock::now() + patience;
    ifreq request{};
    name.copy(request.ifr_name, IFNAMSIZ - 1);
    bool running = false;
    while (!running && std::chrono::steady_clock::now() < end) {
        running = ::ioctl(fd, SIOCGIFFLAGS, &request) == 0 && (request.ifr_flags & IFF_RUNNING) != 0;
        ::sched_yield();
    }
    ::close(fd);
    REQUIRE_MESSAGE(running, name << " does not come up");
}

Namespace::Namespace() {
    if (::geteuid() != 0)
        enter_user_namespace();
    unshare_network();
}

OtherNamespace::OtherNamespace() : fd_(-1) {
    const int home = current();
    unshare_network();
    fd_ = current();
    go_to(home);
    ::close(home);
}

OtherNamespace::~OtherNamespace() { ::close(fd_); }

std::string OtherNamespace::path() const {
    return "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(fd_);
}

OtherNamespace::Visit::Visit(const OtherNamespace& where) : home_(current()) { go_to(where.fd_); }

// A test that cannot come home would do the rest of its work in the wrong place.
OtherNamespace::Visit::~Visit() {
    if (::setns(home_, CLONE_NEWNET) != 0)
        ::abort();
    ::close(home_);
}

} // namespace baton::test
