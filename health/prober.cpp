#include "health/prober.h"

#include "base/duration.h"
#include "base/printable.h"

#include <utility>

namespace baton::health {
namespace {

/// Longer lines help nobody in a status table.
constexpr std::size_t detail_limit = 300;

} // namespace

Prober::Prober(boost::asio::io_context& loop, const Rhythm& rhythm, StartProbe start, Handler handler)
    : rhythm_(rhythm), start_(std::move(start)), handler_(std::move(handler)), next_(loop, Clock::now()),
      limit_(loop) {
    run_later();
}

/// The timer has been set to the time of the next run, which may have passed: then it is due now.
void Prober::run_later() {
    waiting_ = true;
    next_.async_wait([this, alive = std::weak_ptr(run_)](const boost::system::error_code& cancelled) {
        if (!cancelled && !alive.expired())
            run();
    });
}

void Prober::run_now() {
    next_.expires_at(started_ + least_pause); // if a run is under way, this is when the next one begins
    if (waiting_)
        run_later();
}

void Prober::run() {
    waiting_ = false;
    if (renewed_)
        start_ = std::exchange(renewed_, nullptr);
    started_ = Clock::now();
    const auto number = ++*run_;
    const auto chance = std::uniform_real_distribution()(dice_);
    next_.expires_at(started_ + (number == 1 ? first_pause_of(rhythm_.interval, chance)
                                             : pause_of(rhythm_.interval, rhythm_.jitter, chance)));
    const auto is_on = [alive = std::weak_ptr(run_), number] {
        const auto run = alive.lock();
        return run && *run == number;
    };
    if (rhythm_.timeout) {
        limit_.expires_at(started_ + *rhythm_.timeout);
        limit_.async_wait([this, is_on](const boost::system::error_code& cancelled) {
            if (!cancelled && is_on())
                finish({.detail =
                            "timed out after " + format_duration(*rhythm_.timeout) + ": " + probe_->late()});
        });
    }
    probe_ = start_([this, is_on](const Finding& finding) {
        if (is_on())
            finish(finding);
    });
}

void Prober::finish(const Finding& finding) {
    ++*run_;
    limit_.cancel();
    const auto took = Clock::now() - started_;
    const auto detail = printable(finding.detail);
    const auto over = std::exchange(probe_, nullptr); // may be what calls us: it goes last
    handler_({.ok = finding.ok,
              .detail = std::string(shortened(detail, detail_limit)),
              .took = took,
              .share = finding.share});
    run_later();
}

} // namespace baton::health
