// Settings of interfaces: read, written, put back, and what is said when that cannot be.
#include "netlink/saved_settings.h"
#include "tests/unit/netlink/namespace.h"

#include <optional>
#include <sched.h>
#include <sys/mount.h>

using namespace baton;
using namespace baton::netlink;
using namespace baton::test;

namespace {

// The interface's name has a dot, as those of VLANs do.
struct Settings : Namespace {
    Settings() : socket(Socket::open().value()), settings(socket) {
        ip("link add eth0.7 type veth peer name peer0");
        eth0 = IfIndex(index_of("eth0.7"));
    }

    static std::string path(const std::string& name) {
        const bool ipv4 = name.starts_with("arp") || name == "rp_filter";
        return std::string("net/") + (ipv4 ? "ipv4" : "ipv6") + "/conf/eth0.7/" + name;
    }

    Socket socket;
    InterfaceSettings settings;
    IfIndex eth0;
};

// /proc/sys as a container has it, for as long as this lives; in a mount namespace of this process alone.
class ReadOnlySysctl {
public:
    ReadOnlySysctl() {
        REQUIRE(::unshare(CLONE_NEWNS) == 0);
        REQUIRE(::mount("none", "/proc", nullptr, MS_PRIVATE, nullptr) == 0); // "/" is no mount in a chroot
        REQUIRE(::mount("/proc/sys", "/proc/sys", nullptr, MS_BIND | MS_REC, nullptr) == 0);
        REQUIRE(::mount("none", "/proc/sys", nullptr, MS_BIND | MS_REMOUNT | MS_RDONLY, nullptr) == 0);
    }
    ~ReadOnlySysctl() { ::umount2("/proc/sys", MNT_DETACH); }
    ReadOnlySysctl(const ReadOnlySysctl&) = delete;
    ReadOnlySysctl& operator=(const ReadOnlySysctl&) = delete;
};

} // namespace

TEST_CASE_FIXTURE(Settings, "every setting is read and written under its own name") {
    struct Row {
        Setting setting;
        const char* name;
        int value; ///< not the kernel's default
    };
    for (const Row& row :
         {Row{Setting::arp_announce, "arp_announce", 2}, Row{Setting::arp_ignore, "arp_ignore", 1},
          Row{Setting::rp_filter, "rp_filter", 2}, Row{Setting::accept_dad, "accept_dad", 0},
          Row{Setting::accept_ra, "accept_ra", 2}, Row{Setting::autoconf, "autoconf", 0},
          Row{Setting::disable_ipv6, "disable_ipv6", 1}, Row{Setting::forwarding_ipv6, "forwarding", 1},
          Row{Setting::router_solicitations, "router_solicitations", 0}}) {
        CAPTURE(row.name);
        CHECK(settings.read(eth0, row.setting).value() == std::stoi(get_sysctl(path(row.name))));
        CHECK(get_sysctl(path(row.name)) != std::to_string(row.value));
        REQUIRE(settings.write(eth0, row.setting, row.value).has_value());
        CHECK(get_sysctl(path(row.name)) == std::to_string(row.value));
        CHECK(settings.read(eth0, row.setting).value() == row.value);
    }
}

TEST_CASE_FIXTURE(Settings, "a negative value is one, too") {
    REQUIRE(settings.write(eth0, Setting::router_solicitations, -1).has_value());
    CHECK(settings.read(eth0, Setting::router_solicitations).value() == -1);
}

TEST_CASE_FIXTURE(Settings, "the settings of all are others than those of an interface") {
    set_sysctl("net/ipv4/conf/all/rp_filter", "0");
    REQUIRE(settings.write(eth0, Setting::rp_filter, 1).has_value());
    CHECK(settings.read(all_interfaces, Setting::rp_filter).value() == 0);
    REQUIRE(settings.write(all_interfaces, Setting::rp_filter, 2).has_value());
    CHECK(get_sysctl("net/ipv4/conf/all/rp_filter") == "2");
    CHECK(settings.read(eth0, Setting::rp_filter).value() == 1);
}

TEST_CASE_FIXTURE(Settings,
                  "saved settings are put back at the end, to what was there before the first change") {
    set_sysctl(path("arp_ignore"), "3");
    set_sysctl("net/ipv4/conf/all/rp_filter", "1");
    {
        SavedSettings saved(socket);
        REQUIRE(saved.set(eth0, Setting::arp_ignore, 1).has_value());
        REQUIRE(saved.set(eth0, Setting::arp_ignore, 2).has_value());
        REQUIRE(saved.set(eth0, Setting::disable_ipv6, 1).has_value());
        REQUIRE(saved.set(all_interfaces, Setting::rp_filter, 0).has_value());
        CHECK(get_sysctl(path("arp_ignore")) == "2");
        CHECK(get_sysctl("net/ipv4/conf/all/rp_filter") == "0");
    }
    CHECK(get_sysctl(path("arp_ignore")) == "3");
    CHECK(get_sysctl(path("disable_ipv6")) == "0");
    CHECK(get_sysctl("net/ipv4/conf/all/rp_filter") == "1");
}

TEST_CASE_FIXTURE(Settings, "what was right already, or somebody else has changed since, stays as it is") {
    SavedSettings saved(socket);
    set_sysctl(path("arp_ignore"), "1");
    REQUIRE(saved.set(eth0, Setting::arp_ignore, 1).has_value()); // not ours to put back
    REQUIRE(saved.set(eth0, Setting::arp_announce, 2).has_value());
    set_sysctl(path("arp_announce"), "1");
    REQUIRE(saved.set(eth0, Setting::rp_filter, 2).has_value());
    REQUIRE(saved.restore().has_value());
    CHECK(get_sysctl(path("arp_ignore")) == "1");
    CHECK(get_sysctl(path("arp_announce")) == "1");
    CHECK(get_sysctl(path("rp_filter")) == "0");
    // Restored once, it is nobody's business any more.
    set_sysctl(path("rp_filter"), "2");
    REQUIRE(saved.restore().has_value());
    CHECK(get_sysctl(path("rp_filter")) == "2");
}

TEST_CASE_FIXTURE(Settings,
                  "an interface that is gone took its settings along; one that never was has none") {
    SavedSettings saved(socket);
    REQUIRE(saved.set(eth0, Setting::arp_ignore, 1).has_value());
    REQUIRE(saved.set(eth0, Setting::disable_ipv6, 1).has_value());
    ip("link del eth0.7");
    CHECK(saved.restore().has_value());
    const auto set4 = saved.set(eth0, Setting::arp_ignore, 1);
    REQUIRE_FALSE(set4.has_value());
    CHECK(set4.error().text.ends_with(".arp_ignore cannot be read: No such device"));
    const auto set6 = saved.set(eth0, Setting::disable_ipv6, 1);
    REQUIRE_FALSE(set6.has_value());
    CHECK(set6.error().text.ends_with(
        ".disable_ipv6 cannot be read: there is no such setting; the interface is "
        "gone, or IPv6 is switched off in this kernel"));
}

TEST_CASE_FIXTURE(Settings,
                  "a read-only /proc/sys is an error that names the setting, unless it is right already") {
    set_sysctl(path("accept_ra"), "0");
    SavedSettings saved(socket);
    REQUIRE(saved.set(eth0, Setting::disable_ipv6, 1).has_value());
    const ReadOnlySysctl container;
    const auto refused = saved.set(eth0, Setting::autoconf, 0);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().text ==
          "net.ipv6.conf.eth0/7.autoconf cannot be set to 0: /proc/sys is mounted read-only; "
          "mount it writable, or make the setting from outside this container");
    CHECK(saved.set(eth0, Setting::accept_ra, 0).has_value());
    // IPv4 goes through netlink, which no mount forbids.
    CHECK(saved.set(eth0, Setting::arp_ignore, 1).has_value());
    // All are tried, and who cannot be put back is named.
    const auto restored = saved.restore();
    REQUIRE_FALSE(restored.has_value());
    CHECK(restored.error().text.starts_with("net.ipv6.conf.eth0/7.disable_ipv6 cannot be set to 0: "));
    CHECK(get_sysctl(path("arp_ignore")) == "0");
}

TEST_CASE_FIXTURE(Settings, "a value that the kernel does not take is its error") {
    const auto refused = settings.write(eth0, Setting::disable_ipv6, -1);
    CHECK(refused.has_value()); // this one takes any number
    const auto all = settings.write(all_interfaces, Setting::router_solicitations, -2);
    REQUIRE_FALSE(all.has_value());
    CHECK(all.error().text == "net.ipv6.conf.all.router_solicitations cannot be set to -2: Invalid argument");
}
