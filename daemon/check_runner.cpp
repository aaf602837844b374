#include "daemon/check_runner.h"

#include "health/haproxy_dialogue.h"
#include "health/http_dialogue.h"
#include "health/smtp_dialogue.h"
#include "health/stream_probe.h"
#include "health/tcp_dialogue.h"

#include <boost/asio/post.hpp>
#include <cassert>
#include <utility>

namespace baton::daemon {
namespace {

using boost::asio::io_context;

/// A run that is over before it begins.
class FailedProbe : public health::Probe {
public:
    std::string late() override { return "it cannot be run"; }
};

health::StartProbe failing(io_context& loop, std::string why) {
    return [&loop, why = std::move(why)](const health::Done& done) {
        boost::asio::post(loop, [why, done] { done({.detail = why}); });
        return std::make_unique<FailedProbe>();
    };
}

template <class Dialogue, class Check>
health::StartProbe conversing(io_context& loop, const Check& check, std::shared_ptr<health::Tls> tls) {
    return [&loop, check, tls = std::move(tls)](const health::Done& done) {
        return health::start_stream(loop, check.target, std::make_unique<Dialogue>(check.settings), tls.get(),
                                    done);
    };
}

template <class Dialogue, class Check>
health::StartProbe conversing_with_tls(io_context& loop, const Check& check, bool wanted) {
    if (!wanted)
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
    const bool tls = check.settings.smtps || check.settings.starttls != health::StartTls::off;
    return conversing_with_tls<health::SmtpDialogue>(loop, check, tls);
}

health::StartProbe make(io_context& loop, const health::TcpCheck& check) {
    return conversing_with_tls<health::TcpDialogue>(loop, check, check.settings.tls);
}

health::StartProbe make(io_context& loop, const health::HttpCheck& check) {
    return conversing_with_tls<health::HttpDialogue>(loop, check, check.settings.tls);
}

} // namespace

health::StartProbe runner_of(io_context& loop, const config::CheckWork& work) {
    return std::visit([&](const auto& check) { return make(loop, check); }, work);
}

} // namespace baton::daemon
