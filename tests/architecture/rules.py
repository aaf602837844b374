# What each folder may include and link, and what base/ and vrrp/ may use. docs/architecture.md has the same table
# in words; change both.
import re
from dataclasses import dataclass, field

WORLD = ("boost", "nlohmann", "spdlog", "fmt", "CLI", "systemd", "netlink", "libnftnl", "openssl", "prometheus",
         "doctest")


@dataclass(frozen=True)
class Folder:
    ours: tuple = ()          # folders, or single headers of folders, it may include besides itself
    third_party: tuple = ()   # beginnings of <...> includes that belong to no operating system and no compiler
    links: tuple = ()         # targets its library may link
    pure: bool = False        # no operating system at all
    system: tuple = field(default=())  # for pure folders: the operating system's headers allowed all the same


# The operating system's headers that edges may include: these folders, and these files.
SYSTEM_FOLDERS = {"arpa", "linux", "net", "netinet", "sys"}
SYSTEM_HEADERS = {"dirent.h", "errno.h", "fcntl.h", "ifaddrs.h", "poll.h", "pthread.h", "sched.h", "signal.h", "spawn.h",
                  "stdio.h", "stdlib.h", "string.h", "time.h", "unistd.h", "grp.h", "pwd.h"}

ASIO = ("boost/asio", "boost/system")
ASIO_LINKS = ("baton_base", "Boost::headers", "Threads::Threads")
JSON_LINK = "nlohmann_json::nlohmann_json"

FOLDERS = {
    "base": Folder(third_party=("boost/system",), links=("Boost::headers",), pure=True,
                   system=("arpa/inet.h", "unistd.h")),
    "vrrp": Folder(ours=("base",), links=("baton_base",), pure=True),
    "netlink": Folder(ours=("base",), third_party=ASIO + ("netlink",), links=ASIO_LINKS + ("PkgConfig::libnl",)),
    "netfilter": Folder(ours=("base",), third_party=("libnftnl",), links=("baton_base", "PkgConfig::libnftnl")),
    "net": Folder(ours=("base",), third_party=ASIO, links=ASIO_LINKS),
    "auth": Folder(ours=("base",), third_party=("openssl",), links=("baton_base", "OpenSSL::Crypto")),
    "scripts": Folder(ours=("base",), third_party=ASIO, links=ASIO_LINKS),
    "health": Folder(ours=("base",), third_party=ASIO + ("boost/beast", "openssl", "ares.h", "systemd"),
                     links=ASIO_LINKS + ("OpenSSL::SSL", "PkgConfig::libcares", "PkgConfig::libsystemd")),
    "config": Folder(ours=("base", "vrrp/settings.h", "netlink/address_form.h", "netlink/route.h", "netlink/rule.h",
                           "scripts/command.h", "scripts/hook.h", "auth/settings.h", "health/settings.h"),
                     third_party=("nlohmann",), links=("baton_base", JSON_LINK)),
    "control": Folder(ours=("base", "vrrp/snapshot.h"), third_party=ASIO + ("boost/beast", "nlohmann", "CLI"),
                      links=ASIO_LINKS + (JSON_LINK, "CLI11::CLI11")),
    "daemon": Folder(ours=("base", "vrrp", "netlink", "netfilter", "net", "auth", "scripts", "health", "config", "control"),
                     third_party=ASIO + ("nlohmann", "spdlog", "fmt", "CLI", "systemd"),
                     links=ASIO_LINKS + ("baton_vrrp", "baton_netlink", "baton_netfilter", "baton_net", "baton_auth",
                                         "baton_scripts",
                                         "baton_health", "baton_config", "baton_control", "spdlog::spdlog",
                                         "CLI11::CLI11", JSON_LINK, "PkgConfig::libsystemd")),
}

# Standard headers that a pure folder has no use for: clocks of the system, threads, streams, chance.
IMPURE_HEADERS = {"thread", "mutex", "shared_mutex", "condition_variable", "future", "atomic", "semaphore", "barrier",
                  "latch", "stop_token", "iostream", "fstream", "ostream", "istream", "cstdio", "cstdlib", "ctime",
                  "csignal", "filesystem", "random", "syncstream"}

# Words that have no place in the code of a pure folder (comments and strings are not looked at).
IMPURE_WORDS = [(re.compile(pattern), meaning) for pattern, meaning in [
    (r"\bnow\s*\(\s*\)", "reads a clock"),
    (r"\b(system|steady|high_resolution|utc|file)_clock\b", "names a clock"),
    (r"\b(clock_gettime|gettimeofday|timerfd_create|(?<!\w\.)time\s*\(\s*(NULL|nullptr|0)\s*\))", "reads a clock"),
    (r"\b(sleep|usleep|nanosleep|sleep_for|sleep_until)\b", "sleeps"),
    (r"\b(jthread|thread|thread_local|pthread_\w+|mutex|atomic)\b", "knows of threads"),
    (r"\b(getenv|secure_getenv|setenv|environ)\b", "looks at the environment"),
    (r"\b(socket|sendto|sendmsg|recvmsg|recvfrom|ioctl|epoll_\w+)\s*\(", "talks to the kernel"),
    (r"\b(printf|fprintf|puts|syslog|spdlog|cout|cerr|clog)\b", "logs"),
    (r"\b(rand|random_device)\b", "throws dice"),
]]

# Undefined symbols that the archives of the pure folders may have, in mangled form.
ALLOWED_SYMBOLS = [re.compile(pattern) for pattern in [
    r"_Zn[aw]", r"_Zd[al]Pv",                                  # new, delete
    r"__cxa_\w+$", r"_Unwind_Resume$", r"__gxx_personality_v0$", r"DW\.ref\.__gxx_personality_v0$",
    r"_ZSt\d+__throw_", r"_ZSt9terminatev$", r"_ZSt7nothrow$", # the library's own refusals
    r"_ZN9__gnu_cxx\d+__", r"_ZSt21__glibcxx_assert_fail",
    r"_ZNK?SaI|_ZNK?Ss|_ZNK?St7__cxx1112basic_stringI",        # std::string and its allocator
    r"_ZNK?St(13runtime_error|11logic_error|12out_of_range|12length_error|16invalid_argument|9bad_alloc|9exception)",
    r"_ZT[ISV](N10__cxxabiv1|St|Ss)", r"_ZT[IV]\w",            # type information
    r"_ZNSt3_V2|_ZNK?St3_V2|_ZNSt12system_error|_ZNK?St10error_code|_ZNK?St14error_category",
    r"_ZSt(18_Rb_tree_\w+|29_Rb_tree_\w+|28_Rb_tree_\w+|11_Hash_bytes)", r"_ZNSt8__detail",
    r"(mem(cpy|move|set|cmp|chr)|strlen|strcmp|strncmp|bcmp|abort|__assert_fail|__stack_chk_fail)$",
    r"(tolower|vsnprintf|strncpy|strerror_r)$",                # std::to_string, Boost.System's messages
    r"_GLOBAL_OFFSET_TABLE_$", r"__dso_handle$",
    r"__(asan|ubsan|sanitizer|lsan)_\w+$",                     # what `cmake --preset asan` puts in
]]
FORBIDDEN_SYMBOLS = [re.compile(pattern) for pattern in [
    r"_ZNSt6chrono3_V2", r"_ZNSt6thread", r"_ZSt(4cout|4cerr|4clog|3cin)", r"_ZNSt13random_device"]]
ALLOWED_SYMBOLS_OF = {"base": {"inet_pton", "inet_ntop"}, "vrrp": set()}
