// The keys of checks, each kind with its own.
#include "config/difference_keys.h"

namespace baton::config {
namespace {

/// The keys under which two pieces of work of one kind differ.
class WorkKeys {
public:
    explicit WorkKeys(std::vector<std::string>& different) : different_(different) {}

    void compare(const scripts::Command& a, const scripts::Command& b) {
        tell("run", a.argv == b.argv);
        tell("timeout", a.timeout == b.timeout);
    }
    void compare(const health::HaproxyCheck& a, const health::HaproxyCheck& b) {
        tell("socket", a.target == b.target);
        tell("frontends", a.settings.frontends == b.settings.frontends);
        tell("backend", a.settings.backend == b.settings.backend);
        tell("min_up", a.settings.min_up == b.settings.min_up);
        tell("count_backup", a.settings.count_backup == b.settings.count_backup);
        tell("session_limit", a.settings.session_limit == b.settings.session_limit);
        tell("queue_limit", a.settings.queue_limit == b.settings.queue_limit);
    }
    void compare(const health::SmtpCheck& a, const health::SmtpCheck& b) {
        compare(a.target, b.target);
        tell("helo", a.settings.helo == b.settings.helo);
        tell("starttls", a.settings.starttls == b.settings.starttls);
        tell("smtps", a.settings.smtps == b.settings.smtps);
        tell("mail_from", a.settings.mail_from == b.settings.mail_from);
        tell("rcpt_to", a.settings.rcpt_to == b.settings.rcpt_to);
        compare(a.tls, b.tls);
    }
    void compare(const health::TcpCheck& a, const health::TcpCheck& b) {
        compare(a.target, b.target);
        tell("tls", a.settings.tls == b.settings.tls);
        tell("send", a.settings.send == b.settings.send);
        tell("expect", a.settings.expect == b.settings.expect);
        compare(a.tls, b.tls);
    }
    void compare(const health::HttpCheck& a, const health::HttpCheck& b) {
        compare(a.target, b.target);
        tell("tls", a.settings.tls == b.settings.tls);
        tell("method", a.settings.method == b.settings.method);
        tell("path", a.settings.path == b.settings.path);
        tell("host", a.settings.host == b.settings.host);
        tell("status", a.settings.status == b.settings.status);
        tell("body", a.settings.body == b.settings.body);
        compare(a.tls, b.tls);
    }
    void compare(const health::PingCheck& a, const health::PingCheck& b) {
        tell("address", a.address == b.address);
        tell("source_address", a.source == b.source);
        tell("interface", a.interface == b.interface);
    }
    void compare(const health::DnsCheck& a, const health::DnsCheck& b) {
        tell("address", a.server == b.server);
        tell("port", a.port == b.port);
        tell("source_address", a.source == b.source);
        tell("interface", a.interface == b.interface);
        tell("name", a.question.name == b.question.name);
        tell("record", a.question.type == b.question.type);
        tell("expect", a.question.expect == b.question.expect);
    }
    void compare(const health::ProcessCheck& a, const health::ProcessCheck& b) {
        tell("pid_file", a.pid_file == b.pid_file);
        tell("cgroup", a.cgroup == b.cgroup);
        tell("name", a.name == b.name);
    }
    void compare(const health::FileCheck& a, const health::FileCheck& b) { tell("path", a.path == b.path); }
    void compare(const health::SystemdCheck& a, const health::SystemdCheck& b) {
        tell("unit", a.unit == b.unit);
        tell("bus", a.bus == b.bus);
    }
    void tell(const char* key, bool same) {
        if (!same)
            different_.emplace_back(key);
    }

private:
    void compare(const health::StreamTarget& a, const health::StreamTarget& b) {
        tell("address", a.address == b.address);
        tell("port", a.port == b.port);
        tell("source_address", a.source == b.source);
        tell("interface", a.interface == b.interface);
    }
    void compare(const health::TlsSettings& a, const health::TlsSettings& b) {
        tell("verify", a.verify == b.verify);
        tell("ca_file", a.ca_file == b.ca_file);
        tell("server_name", a.server_name == b.server_name);
    }

    std::vector<std::string>& different_;
};

} // namespace

std::vector<std::string> different_check_keys(const Config& before, std::size_t was, const Config& after,
                                              std::size_t is) {
    std::vector<std::string> different;
    WorkKeys keys_of_work(different);
    const auto& a = before.checks[was];
    const auto& b = after.checks[is];
    keys_of_work.tell("type", a.work.index() == b.work.index());
    if (a.work.index() == b.work.index())
        std::visit(
            [&](const auto& work) {
                keys_of_work.compare(work, std::get<std::decay_t<decltype(work)>>(b.work));
            },
            a.work);
    keys_of_work.tell("interval", a.rhythm.interval == b.rhythm.interval);
    keys_of_work.tell("timeout", a.rhythm.timeout == b.rhythm.timeout || a.work.index() != b.work.index());
    keys_of_work.tell("jitter", a.rhythm.jitter == b.rhythm.jitter);
    const auto& counts = before.settings.checks[was];
    const auto& new_counts = after.settings.checks[is];
    keys_of_work.tell("rise", counts.rise == new_counts.rise);
    keys_of_work.tell("fall", counts.fall == new_counts.fall);
    keys_of_work.tell("initial", counts.initial == new_counts.initial);
    keys_of_work.tell("run_while", counts.while_active == new_counts.while_active);
    keys_of_work.tell("hold_down", counts.hold_down == new_counts.hold_down);
    return different;
}

} // namespace baton::config
