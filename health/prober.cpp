#include "health/prober.h"

#include "base/duration.h"
#include "base/printable.h"

#include <algorithm>
#include <utility>

namespace baton::health {
namespace {

/// Longer lines help nobody in a status table.
constexpr std::size_t detail_limit = 300;

/// Woken so much later than was asked for, this process did not run.
constexpr auto stall = std::chrono::milliseconds(50);
/// In the time that a run may take.
constexpr int looks = 10;

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
    if (rhythm_.timeout)
        limit(started_ + *rhythm_.timeout, number, false);
    probe_ = start_([this, number, alive = std::weak_ptr(run_)](const Finding& finding) {
        if (is_on(alive, number))
            finish(finding);
    });
}

bool Prober::is_on(const std::weak_ptr<unsigned>& alive, unsigned number) {
    const auto run = alive.lock();
    return run && *run == number;
}

/// Looks now and then whether this process runs: a run that it held up, because it stood still, has that time
/// given back, once. The answer may have been there all the while.
void Prober::limit(Clock::time_point end, unsigned number, bool extended) {
    const auto since = Clock::now();
    const auto due = std::min(end, since + std::max<Duration>(*rhythm_.timeout / looks, stall));
    limit_.expires_at(due);
    limit_.async_wait([=, this, alive = std::weak_ptr(run_)](const boost::system::error_code& cancelled) {
        if (cancelled || !is_on(alive, number))
            return;
        const auto now = Clock::now();
        if (!extended && now - due >= stall)
            return limit(end + (now - since), number, true);
        if (now < end)
            return limit(end, number, extended);
        finish({.detail = "timed out after " + format_duration(*rhythm_.timeout) + ": " + probe_->late()});
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
