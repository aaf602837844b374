#include "daemon/check_runner.h"

#include "health/dns_probe.h"
#include "health/file_probe.h"
#include "health/found_probe.h"
#include "health/haproxy_dialogue.h"
#include "health/http_dialogue.h"
#include "health/ping_probe.h"
#include "health/process_probe.h"
#include "health/smtp_dialogue.h"
#include "health/stream_probe.h"
#include "health/systemd_probe.h"
#include "health/tcp_dialogue.h"

#include <cassert>
#include <utility>

namespace baton::daemon {
namespace {

using boost::asio::io_context;

health::StartProbe failing(io_context& loop, const std::string& why) {
    return
        [&loop, why](const health::Done& done) { return health::start_found(loop, {.detail = why}, done); };
}

template <class Dialogue, class Check>
health::StartProbe conversing(io_context& loop, const Check& check, std::shared_ptr<health::Tls> tls) {
    return [&loop, check, tls = std::move(tls)](const health::Done& done) {
        return health::start_stream(loop, check.target, std::make_unique<Dialogue>(check.settings), tls.get(),
                                    done);
    };
}

bool uses_tls(const health::SmtpCheck& check) {
    return check.settings.smtps || check.settings.starttls != health::StartTls::off;
}
bool uses_tls(const health::TcpCheck& check) { return check.settings.tls; }
bool uses_tls(const health::HttpCheck& check) { return check.settings.tls; }

template <class Dialogue, class Check>
health::StartProbe conversing_with_tls(io_context& loop, const Check& check, const Trusted& trusted) {
    if (!uses_tls(check))
        return conversing<Dialogue>(loop, check, nullptr);
    if (!trusted)
        return failing(loop, trusted.error().text);
    return conversing<Dialogue>(loop, check, std::make_shared<health::Tls>(*trusted, check.tls));
}

health::StartProbe make(io_context& loop, const scripts::Command&, const Trusted&) {
    assert(false); // scripts::TrackScript runs those
    return failing(loop, "a program is no native check");
}

health::StartProbe make(io_context& loop, const health::HaproxyCheck& check, const Trusted&) {
    return conversing<health::HaproxyDialogue>(loop, check, nullptr);
}

health::StartProbe make(io_context& loop, const health::SmtpCheck& check, const Trusted& trusted) {
    return conversing_with_tls<health::SmtpDialogue>(loop, check, trusted);
}

health::StartProbe make(io_context& loop, const health::TcpCheck& check, const Trusted& trusted) {
    return conversing_with_tls<health::TcpDialogue>(loop, check, trusted);
}

health::StartProbe make(io_context& loop, const health::HttpCheck& check, const Trusted& trusted) {
    return conversing_with_tls<health::HttpDialogue>(loop, check, trusted);
}

health::StartProbe make(io_context& loop, const health::PingCheck& check, const Trusted&) {
    return [&loop, check](const health::Done& done) { return health::start_ping(loop, check, done); };
}

health::StartProbe make(io_context& loop, const health::DnsCheck& check, const Trusted&) {
    return [&loop, check](const health::Done& done) { return health::start_dns(loop, check, done); };
}

health::StartProbe make(io_context& loop, const health::ProcessCheck&, const Trusted&) {
    assert(false); // health::ProcessProber runs those
    return failing(loop, "a process is to be watched");
}

health::StartProbe make(io_context& loop, const health::FileCheck& check, const Trusted&) {
    return [&loop, check](const health::Done& done) { return health::start_file(loop, check, done); };
}

health::StartProbe make(io_context& loop, const health::SystemdCheck& check, const Trusted&) {
    return [&loop, check](const health::Done& done) { return health::start_systemd(loop, check, done); };
}

} // namespace

const health::TlsSettings* tls_of(const config::CheckWork& work) {
    return std::visit(
        [](const auto& check) -> const health::TlsSettings* {
            if constexpr (requires { check.tls; })
                return uses_tls(check) ? &check.tls : nullptr;
            else
                return nullptr;
        },
        work);
}

health::StartProbe runner_of(io_context& loop, const config::CheckWork& work, const Trusted& trusted) {
    return std::visit([&](const auto& check) { return make(loop, check, trusted); }, work);
}

std::unique_ptr<health::Prober> prober_of(io_context& loop, Watched& watched, const config::Check& check,
                                          const Trusted& trusted, const health::Prober::Handler& handler) {
    if (const auto* process = std::get_if<health::ProcessCheck>(&check.work))
        return std::make_unique<health::ProcessProber>(loop, watched.processes, check.rhythm, *process,
                                                       handler);
    if (const auto* file = std::get_if<health::FileCheck>(&check.work))
        return std::make_unique<health::FileProber>(loop, watched.files, check.rhythm, *file, handler);
    return std::make_unique<health::Prober>(loop, check.rhythm, runner_of(loop, check.work, trusted),
                                            handler);
}

} // namespace baton::daemon
