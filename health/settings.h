// What the checks are to do, as values: what the configuration says, and all that it needs to know of them.
#pragma once

#include "base/address.h"
#include "base/time.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace baton::health {

struct Rhythm {
    Duration interval{std::chrono::seconds(2)}; ///< from the start of one run to the start of the next
    Duration jitter{}; ///< each pause is longer or shorter by up to this, so that checks do not march in step
    std::optional<Duration> timeout{std::chrono::seconds(1)}; ///< none: the probe sees to it by itself

    friend bool operator==(const Rhythm&, const Rhythm&) = default;
};

/// Where to: a Unix socket when `path` is not empty.
struct StreamTarget {
    std::string path{};
    IpAddress address{};
    std::uint16_t port{0};
    std::optional<IpAddress> source{}; ///< of this host; else the kernel chooses
    std::string interface {};          ///< to leave by; link-local addresses need it. Empty: as routed

    friend bool operator==(const StreamTarget&, const StreamTarget&) = default;
};

struct TlsSettings {
    bool verify{true};
    std::string ca_file{};     ///< PEM; only what these signed is trusted. Empty: the system's
    std::string server_name{}; ///< sent as SNI when it is a name, and looked for in the certificate

    friend bool operator==(const TlsSettings&, const TlsSettings&) = default;
};

struct HaproxySettings {
    std::vector<std::string> frontends; ///< each must be OPEN
    std::optional<std::string> backend;
    std::uint64_t min_up{1}; ///< servers of the backend; 0: it must be there, no more
    bool count_backup{true}; ///< whether a backup server is one of the servers
    /// Percent of the process's connections, and of the sessions of each frontend above; reaching it fails.
    std::optional<unsigned> session_limit;
    /// Requests waiting in the backend and its servers; one more fails.
    std::optional<std::uint64_t> queue_limit;

    friend bool operator==(const HaproxySettings&, const HaproxySettings&) = default;
};

enum class StartTls : std::uint8_t {
    off,
    if_offered, ///< when it is offered, and then it must work
    required,
};

struct SmtpSettings {
    std::string helo{}; ///< what we call ourselves: a host name, or an address literal like "[192.0.2.1]"
    StartTls starttls{StartTls::off};
    bool smtps{false}; ///< TLS before the banner (port 465); STARTTLS is not asked for then
    std::optional<std::string> mail_from{}; ///< without brackets; empty: the null reverse-path "<>"
    std::optional<std::string> rcpt_to{};   ///< only with mail_from

    friend bool operator==(const SmtpSettings&, const SmtpSettings&) = default;
};

/// Whether a word can stand in an SMTP command: at most 255 octets of printable ASCII, no space and no angle
/// bracket.
[[nodiscard]] constexpr bool fits_smtp_command(std::string_view word) {
    return word.size() <= 255 && std::all_of(word.begin(), word.end(), [](char c) {
               return c > ' ' && c < 0x7f && c != '<' && c != '>';
           });
}

struct TcpSettings {
    bool tls{false};      ///< from the first octet
    std::string send{};   ///< after connecting; may be empty
    std::string expect{}; ///< must come within max_tcp_answer octets; empty: to be connected is enough

    friend bool operator==(const TcpSettings&, const TcpSettings&) = default;
};

/// Status codes, both ends included.
struct StatusRange {
    unsigned first{};
    unsigned last{};

    friend bool operator==(const StatusRange&, const StatusRange&) = default;
};

struct HttpSettings {
    bool tls{false};
    std::string method{"GET"};
    std::string path{"/"}; ///< with a query, if there is one
    std::string host{};    ///< the Host header
    std::vector<StatusRange> status{{200, 399}};
    std::string body{}; ///< must be in the answer's body; empty: whatever it is

    friend bool operator==(const HttpSettings&, const HttpSettings&) = default;
};

// A check of each kind.

struct HaproxyCheck {
    StreamTarget target; ///< its runtime socket
    HaproxySettings settings;

    friend bool operator==(const HaproxyCheck&, const HaproxyCheck&) = default;
};

struct SmtpCheck {
    StreamTarget target;
    SmtpSettings settings;
    TlsSettings tls;

    friend bool operator==(const SmtpCheck&, const SmtpCheck&) = default;
};

struct TcpCheck {
    StreamTarget target;
    TcpSettings settings;
    TlsSettings tls;

    friend bool operator==(const TcpCheck&, const TcpCheck&) = default;
};

struct HttpCheck {
    StreamTarget target;
    HttpSettings settings;
    TlsSettings tls;

    friend bool operator==(const HttpCheck&, const HttpCheck&) = default;
};

struct PingCheck {
    IpAddress address{};
    std::optional<IpAddress> source{}; ///< of this host; else the kernel chooses
    std::string interface {};          ///< to leave by; link-local addresses need it. Empty: as routed

    friend bool operator==(const PingCheck&, const PingCheck&) = default;
};

enum class DnsType : std::uint16_t { a = 1, mx = 15, aaaa = 28 };

struct DnsQuestion {
    std::string name{}; ///< absolute, with a dot at its end or without
    DnsType type{DnsType::a};
    std::string
        expect{}; ///< must be among the records: an address, or an exchange's name. Empty: any will do

    friend bool operator==(const DnsQuestion&, const DnsQuestion&) = default;
};

struct DnsCheck {
    IpAddress server{};
    std::uint16_t port{53};
    std::optional<IpAddress> source{}; ///< of this host; else the kernel chooses
    std::string interface {};          ///< to leave by; link-local addresses need it. Empty: as routed
    DnsQuestion question{};

    friend bool operator==(const DnsCheck&, const DnsCheck&) = default;
};

/// One of pid_file and cgroup, or neither; then a name.
struct ProcessCheck {
    std::string pid_file{};
    /// With the processes of a systemd unit: "system.slice/postfix.service", below /sys/fs/cgroup; or the
    /// whole path, where the hierarchy is mounted elsewhere.
    std::string cgroup{};
    std::string name{}; ///< as in /proc/PID/comm: of the program's file, of which 15 octets count

    friend bool operator==(const ProcessCheck&, const ProcessCheck&) = default;
};

struct FileCheck {
    std::string path{}; ///< of a regular file, of at most max_file_state octets

    friend bool operator==(const FileCheck&, const FileCheck&) = default;
};

struct SystemdCheck {
    std::string unit{}; ///< the whole name: "postfix.service", "srv-mail.mount"
    /// One address of a Unix socket, as D-Bus writes them.
    std::string bus{"unix:path=/run/dbus/system_bus_socket"};

    friend bool operator==(const SystemdCheck&, const SystemdCheck&) = default;
};

using Check = std::variant<HaproxyCheck, SmtpCheck, TcpCheck, HttpCheck, PingCheck, DnsCheck, ProcessCheck,
                           FileCheck, SystemdCheck>;

} // namespace baton::health
