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
health::StartProbe conversing_with_tls(io_context& loop, const Check& check) {
    if (!uses_tls(check))
        return conversing<Dialogue>(loop, check, nullptr);
    auto tls = health::Tls::make(check.tls);
    if (!tls)
        return failing(loop, tls.error().text);
    return conversing<Dialogue>(loop, check, std::move(*tls));
}

health::StartProbe make(io_context& loop, const scripts::Command&) {
    assert(false); // scripts::TrackScript runs those
    return failing(loop, "a program is no native check");
}

health::StartProbe make(io_context& loop, const health::HaproxyCheck& check) {
    return conversing<health::HaproxyDialogue>(loop, check, nullptr);
}

health::StartProbe make(io_context& loop, const health::SmtpCheck& check) {
    return conversing_with_tls<health::SmtpDialogue>(loop, check);
}

health::StartProbe make(io_context& loop, const health::TcpCheck& check) {
    return conversing_with_tls<health::TcpDialogue>(loop, check);
}

health::StartProbe make(io_context& loop, const health::HttpCheck& check) {
    return conversing_with_tls<health::HttpDialogue>(loop, check);
}

health::StartProbe make(io_context& loop, const health::PingCheck& check) {
    return [&loop, check](const health::Done& done) { return health::start_ping(loop, check, done); };
}

health::StartProbe make(io_context& loop, const health::DnsCheck& check) {
    return [&loop, check](const health::Done& done) { return health::start_dns(loop, check, done); };
}

health::StartProbe make(io_context& loop, const health::ProcessCheck& check) {
    return [&loop, check](const health::Done& done) { return health::start_process(loop, check, done); };
}

health::StartProbe make(io_context& loop, const health::FileCheck& check) {
    return [&loop, check](const health::Done& done) { return health::start_file(loop, check, done); };
}

health::StartProbe make(io_context& loop, const health::SystemdCheck& check) {
    return [&loop, check](const health::Done& done) { return health::start_systemd(loop, check, done); };
}

} // namespace

health::StartProbe runner_of(io_context& loop, const config::CheckWork& work) {
    return std::visit([&](const auto& check) { return make(loop, check); }, work);
}

std::string ca_file_of(const config::CheckWork& work) {
    return std::visit(
        [](const auto& check) {
            if constexpr (requires { check.tls; })
                return uses_tls(check) && check.tls.verify ? check.tls.ca_file : std::string();
            else
                return std::string();
        },
        work);
}

std::unique_ptr<health::Prober> prober_of(io_context& loop, const config::Check& check,
                                          const health::Prober::Handler& handler) {
    if (const auto* process = std::get_if<health::ProcessCheck>(&check.work))
        return std::make_unique<health::ProcessProber>(loop, check.rhythm, *process, handler);
    if (const auto* file = std::get_if<health::FileCheck>(&check.work))
        return std::make_unique<health::FileProber>(loop, check.rhythm, *file, handler);
    return std::make_unique<health::Prober>(loop, check.rhythm, runner_of(loop, check.work), handler);
}

} // namespace baton::daemon
