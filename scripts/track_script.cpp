#include "scripts/track_script.h"

#include <utility>

namespace baton::scripts {
Verdict judge(const Outcome& outcome, Duration timeout) {
    Verdict verdict{.ok = outcome.kind == Outcome::Kind::exited && outcome.code == 0,
                    .detail = describe(outcome, timeout),
                    .took = outcome.took};
    if (const auto line = last_words(outcome.output); !line.empty())
        verdict.detail += ": " + line;
    return verdict;
}

TrackScript::TrackScript(boost::asio::io_context& loop, Command command, Duration interval, Duration jitter,
                         Handler handler)
    : loop_(loop), command_(std::move(command)), interval_(interval), jitter_(jitter),
      handler_(std::move(handler)), next_(loop, std::chrono::steady_clock::now()) {
    run_later();
}

/// The timer has been set to the time of the next run, which may have passed: then it is due now.
void TrackScript::run_later() {
    next_.async_wait([this, alive = std::weak_ptr(alive_)](const boost::system::error_code& cancelled) {
        if (!cancelled && !alive.expired())
            run();
    });
}

void TrackScript::run() {
    const auto chance = std::uniform_real_distribution()(dice_);
    next_.expires_after(std::exchange(first_, false) ? first_pause_of(interval_, chance)
                                                     : pause_of(interval_, jitter_, chance));
    if (process_ && !process_->ended()) {
        // Killed at its timeout, and the kernel cannot end it. One such process is enough.
        handler_({.detail = "not run: process " + std::to_string(process_->pid()) +
                            ", killed when it timed out, has not ended yet"});
        run_later();
        return;
    }
    process_ = std::make_unique<Process>(loop_, command_, [this](const Outcome& outcome) {
        handler_(judge(outcome, command_.timeout));
        run_later();
    });
}

} // namespace baton::scripts
