#include "health/prober.h"

#include "base/duration.h"
#include "base/printable.h"

#include <algorithm>
#include <utility>

namespace baton::health {
namespace {

/// Longer lines help nobody in a status table.
constexpr std::size_t detail_limit = 300;

} // namespace

Duration pause_of(const Rhythm& rhythm, Dice& dice) {
    const auto jitter = rhythm.jitter.count();
    std::uniform_int_distribution<Duration::rep> any(-jitter, jitter);
    return std::max(Duration::zero(), rhythm.interval + Duration(any(dice)));
}

Duration first_pause_of(const Rhythm& rhythm, Dice& dice) {
    std::uniform_int_distribution<Duration::rep> any(0, rhythm.interval.count());
    return Duration(any(dice));
}

Prober::Prober(boost::asio::io_context& loop, const Rhythm& rhythm, StartProbe start, Handler handler)
    : rhythm_(rhythm), start_(std::make_shared<const StartProbe>(std::move(start))),
      handler_(std::move(handler)), next_(loop, Clock::now()) {
    run_later();
}

/// The timer has been set to the time of the next run, which may have passed: then it is due now.
void Prober::run_later() {
    waiting_ = true;
    next_.async_wait([this, alive = std::weak_ptr(alive_)](const boost::system::error_code& cancelled) {
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
    started_ = Clock::now();
    const auto number = ++begun_;
    next_.expires_at(started_ + (number == 1 ? first_pause_of(rhythm_, dice_) : pause_of(rhythm_, dice_)));
    auto& run =
        runs_.emplace_back(Run{number, started_, boost::asio::steady_timer(next_.get_executor()), start_});
    await_timeout(run);
    run.probe = (*start_)([this, number, alive = std::weak_ptr(alive_)](const Finding& finding) {
        if (!alive.expired())
            finish(number, finding);
    });
    if (runs_.size() < most_)
        run_later();
}

void Prober::await_timeout(Run& run) {
    if (!rhythm_.timeout)
        return;
    run.limit.expires_at(run.started + *rhythm_.timeout);
    run.limit.async_wait([this, number = run.number,
                          alive = std::weak_ptr(alive_)](const boost::system::error_code& cancelled) {
        if (cancelled || alive.expired())
            return;
        if (auto* const late = under_way(number))
            finish(number, {.detail = "timed out after " + format_duration(*rhythm_.timeout) + ": " +
                                      late->probe->late()});
    });
}

Prober::Run* Prober::under_way(unsigned number) {
    const auto found =
        std::find_if(runs_.begin(), runs_.end(), [&](const Run& run) { return run.number == number; });
    return found == runs_.end() ? nullptr : &*found;
}

void Prober::finish(unsigned number, const Finding& finding) {
    const auto* const run = under_way(number);
    if (run == nullptr) // it is over
        return;
    const auto took = Clock::now() - run->started;
    const auto detail = printable(finding.detail);
    std::list<Run> over; // one of these may be what calls us: they go last
    const auto ends = [&](const Run& one) {
        return finding.ok ? one.number <= number : one.number == number;
    };
    for (auto next = runs_.begin(); next != runs_.end();) {
        const auto one = next++;
        if (ends(*one))
            over.splice(over.end(), runs_, one);
    }
    handler_({.ok = finding.ok,
              .detail = std::string(shortened(detail, detail_limit)),
              .took = took,
              .share = finding.share});
    if (!waiting_)
        run_later();
}

} // namespace baton::health
