// Whose the table is: it ends with its process, others cannot change it, and that of others is not touched.
#include "tests/unit/netfilter/network.h"

#include <array>
#include <csignal>
#include <linux/capability.h>
#include <optional>
#include <sys/syscall.h>
#include <sys/wait.h>

using namespace baton;
using namespace baton::netfilter;
using namespace baton::test;

namespace {

const std::vector<Unaccepted>& both() {
    static const std::vector<Unaccepted> all{Network::drop(virtual4), Network::drop(virtual6)};
    return all;
}

// Until this ends, the thread is without CAP_NET_ADMIN.
class Powerless {
public:
    Powerless() {
        REQUIRE(::syscall(SYS_capget, &header_, before_.data()) == 0);
        auto less = before_;
        less[0].effective &= ~(1U << CAP_NET_ADMIN);
        REQUIRE(::syscall(SYS_capset, &header_, less.data()) == 0);
    }
    ~Powerless() { (void)::syscall(SYS_capset, &header_, before_.data()); }
    Powerless(const Powerless&) = delete;
    Powerless& operator=(const Powerless&) = delete;

private:
    __user_cap_header_struct header_{_LINUX_CAPABILITY_VERSION_3, 0};
    std::array<__user_cap_data_struct, 2> before_{};
};

} // namespace

TEST_CASE_FIXTURE(Network, "the table is there as long as the object, and no longer") {
    Icmp icmp = neighbor.inside([] { return Icmp(Family::ipv4); });
    std::optional<AcceptFilter> filter(AcceptFilter::open().value());
    CHECK(run("nft list table inet baton") == 0);
    CHECK(text(filter->hold(both())).empty());
    CHECK(icmp.silent(virtual4, own4));
    filter.reset();
    CHECK(run("nft list table inet baton") == 1);
    CHECK(icmp.echoes(virtual4));
}

TEST_CASE_FIXTURE(Network, "a process that is killed leaves nothing, and the next one begins at once") {
    Icmp icmp = neighbor.inside([] { return Icmp(Family::ipv4); });
    std::array<int, 2> ready{};
    REQUIRE(::pipe(ready.data()) == 0);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        auto filter = AcceptFilter::open();
        const char held = filter && filter->hold(both()) ? 'y' : 'n';
        (void)!::write(ready[1], &held, 1);
        for (;;)
            ::pause();
    }
    char held = 0;
    CHECK(::read(ready[0], &held, 1) == 1);
    CHECK(held == 'y');
    CHECK(icmp.silent(virtual4, own4));
    CHECK(::kill(child, SIGKILL) == 0);
    CHECK(::waitpid(child, nullptr, 0) == child);
    CHECK(run("nft list table inet baton") == 1);
    CHECK(icmp.echoes(virtual4));
    CHECK(AcceptFilter::open().has_value());
    ::close(ready[0]);
    ::close(ready[1]);
}

TEST_CASE_FIXTURE(Network, "no other program can flush or delete the table") {
    Icmp icmp = neighbor.inside([] { return Icmp(Family::ipv4); });
    auto filter = AcceptFilter::open().value();
    CHECK(text(filter.hold(both())).empty());
    CHECK(run("nft flush ruleset") == 0);
    CHECK(run("nft delete table inet baton") == 1);
    CHECK(run("nft delete element inet baton ipv4 { 10.0.1.100 }") == 1);
    CHECK(icmp.silent(virtual4, own4));
    CHECK(text(filter.release(both())).empty());
    CHECK(icmp.echoes(virtual4));
}

TEST_CASE_FIXTURE(Network, "a table of that name that somebody else has made is refused and not touched") {
    REQUIRE(run("nft add table inet baton") == 0);
    REQUIRE(run("nft add chain inet baton theirs") == 0);
    const auto filter = AcceptFilter::open();
    REQUIRE(filter.has_error());
    CHECK(filter.error().text == explain_absence(EEXIST, true));
    CHECK(run("nft list chain inet baton theirs") == 0);
    CHECK(run("nft list chain inet baton input") == 1);
}

TEST_CASE_FIXTURE(Network, "the table of another daemon is refused and not touched") {
    auto first = AcceptFilter::open().value();
    CHECK(text(first.hold(both())).empty());
    const auto second = AcceptFilter::open();
    REQUIRE(second.has_error());
    CHECK(second.error().text == explain_absence(EPERM, true));
    CHECK(neighbor.inside([] { return Icmp(Family::ipv4); }).silent(virtual4, own4));
    CHECK(far.inside([] { return AcceptFilter::open().has_value(); })); // another namespace, another table
}

TEST_CASE_FIXTURE(Network, "without the capability it says which") {
    std::string said;
    {
        const Powerless now;
        const auto filter = AcceptFilter::open();
        said = filter ? "opened" : filter.error().text;
    }
    CHECK(said == "packets to virtual addresses cannot be dropped: Operation not permitted; batond needs "
                  "CAP_NET_ADMIN: run it as root or grant the capability");
}
