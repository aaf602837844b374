#include "scripts/track_script.h"

#include "base/duration.h"
#include "base/printable.h"

#include <algorithm>
#include <string_view>
#include <system_error>

namespace baton::scripts {
namespace {

/// Longer lines help nobody in a status table.
constexpr std::size_t detail_limit = 200;

/// The last line that says anything.
std::string_view last_line(std::string_view output) {
    const auto end = output.find_last_not_of(" \t\r\n");
    if (end == std::string_view::npos)
        return {};
    output = output.substr(0, end + 1);
    const auto newline = output.find_last_of('\n');
    return newline == std::string_view::npos ? output : output.substr(newline + 1);
}

/// What the program says of itself, fit for a status table. Cleaned before it is cut: cleaning may lengthen
/// it, and what is cut off must not leave half a sequence.
std::string last_words(std::string_view output) {
    const auto text = printable(last_line(output));
    const auto start = text.find_first_not_of(' ');
    if (start == std::string::npos)
        return {};
    const auto end = text.find_last_not_of(' ');
    return std::string(shortened(std::string_view(text).substr(start, end + 1 - start), detail_limit));
}

std::string describe(const Outcome& outcome, Duration timeout) {
    switch (outcome.kind) {
    case Outcome::Kind::exited:
        return "exit status " + std::to_string(outcome.code);
    case Outcome::Kind::signalled:
        return "killed by signal " + std::to_string(outcome.code);
    case Outcome::Kind::timed_out:
        return "timed out after " + format_duration(timeout);
    case Outcome::Kind::not_started:
        return "could not be started: " + std::generic_category().message(outcome.code);
    case Outcome::Kind::lost:
        return "its exit status was lost: something else waited for the process";
    }
    return {};
}

} // namespace

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

Duration TrackScript::pause() {
    std::uniform_int_distribution<Duration::rep> any(-jitter_.count(), jitter_.count());
    return std::max(Duration::zero(), interval_ + Duration(any(random_)));
}

void TrackScript::run() {
    next_.expires_after(pause());
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
