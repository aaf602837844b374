#include "scripts/hook_queue.h"

#include <boost/asio/post.hpp>
#include <cerrno>
#include <csignal>
#include <utility>

namespace baton::scripts {
namespace {

/// A process that was killed and has not ended yet is looked after so often.
constexpr auto look_again_after = std::chrono::milliseconds(100);

/// What the last hook has started was killed with it, and takes a moment to end. It is not waited for longer
/// than this: it may stay as a zombie where nobody reaps orphans.
constexpr auto remnants_pause = std::chrono::milliseconds(2);
constexpr auto remnants_limit = std::chrono::milliseconds(200);

bool well(const Outcome& outcome) { return outcome.kind == Outcome::Kind::exited && outcome.code == 0; }

} // namespace

HookQueue::HookQueue(boost::asio::io_context& loop, Turn turn, HookListener listener)
    : loop_(loop), turn_(std::move(turn)), listener_(std::move(listener)), again_(loop) {}

void HookQueue::add(HookJob job) {
    const auto number = ++jobs_so_far_;
    const auto change = order_.add({number, job.kind, job.hooks.size()});
    const auto because = "superseded by " + job.event;
    jobs_.emplace(number, std::move(job));
    apply(change, because);
    kick();
}

void HookQueue::supersede(const std::string& event) { apply(order_.supersede(), "superseded by " + event); }

/// Those that run are told of when they have ended.
void HookQueue::apply(const HookOrder::Change& change, const std::string& because) {
    for (const auto number : change.superseded)
        if (current_ && current_->job == number)
            current_->superseded_by = because;
        else
            give_up(number, because);
    if (change.end_running)
        process_->end();
    forget();
}

/// Hooks of it may have run.
void HookQueue::give_up(std::uint64_t number, const std::string& because) {
    auto& job = jobs_.at(number);
    auto& end = ends_[number];
    end.superseded = true;
    if (end.why.empty())
        end.why = because + " before it was run";
    leave_out_rest(job, because, end);
    tell_later(job, std::move(end));
    ends_.erase(number);
}

void HookQueue::leave_out_rest(const HookJob& job, const std::string& because, HookEnd& end) {
    while (end.runs.size() < job.hooks.size()) {
        auto run = run_of(job, end.runs.size());
        run.begun = false;
        run.state = HookRun::State::superseded;
        run.detail = because + " before it was run";
        keep(run);
        listener_.ended(run);
        end.runs.push_back(std::move(run));
    }
}

void HookQueue::kick() {
    if (asked_ || !order_.next())
        return;
    asked_ = true;
    turn_([this, alive = std::weak_ptr(alive_)] {
        if (alive.expired())
            return;
        asked_ = false;
        start_next();
    });
}

void HookQueue::kick_later(std::chrono::milliseconds pause) {
    again_.expires_after(pause);
    again_.async_wait([this, alive = std::weak_ptr(alive_)](const boost::system::error_code& cancelled) {
        if (!cancelled && !alive.expired())
            kick();
    });
}

void HookQueue::start_next() {
    const auto next = order_.next();
    if (!next)
        return;
    if (process_ && !process_->ended())
        return kick_later(look_again_after); // killed, and the kernel cannot end it: never two at once
    if (remnants())
        return kick_later(remnants_pause);
    order_.started();
    const auto& job = jobs_.at(next->job);
    const auto& command = job.hooks[next->hook];
    current_ = std::make_unique<Current>(Current{next->job, run_of(job, next->hook), command.timeout, {}});
    listener_.started(current_->run);
    process_ = std::make_unique<Process>(loop_, command, [this](const Outcome& outcome) { on_end(outcome); });
    group_ = process_->pid();
}

/// Whether somebody of the last one's process group is still there.
bool HookQueue::remnants() const {
    return group_ != 0 && std::chrono::steady_clock::now() - ended_ < remnants_limit &&
           (::kill(-group_, 0) == 0 || errno != ESRCH);
}

void HookQueue::on_end(const Outcome& outcome) {
    finish_run(outcome);
    ended_ = std::chrono::steady_clock::now();
    const auto current = std::exchange(current_, nullptr);
    const auto& run = current->run;
    auto& end = ends_[current->job];
    end.runs.push_back(run);
    if (run.state != HookRun::State::ok && end.why.empty()) {
        const auto said = last_words(run.output);
        end.why = run.argv.front() + ": " + run.detail + (said.empty() ? "" : ": " + said);
    }
    end.superseded = run.state == HookRun::State::superseded;
    const auto finished = order_.ended(well(outcome));
    keep(run);
    listener_.ended(run);
    if (finished || end.superseded) {
        end.ok = finished && finished->ok;
        auto& job = jobs_.at(current->job);
        if (end.superseded)
            leave_out_rest(job, current->superseded_by, end);
        tell_later(job, std::move(end));
        ends_.erase(current->job);
    }
    forget();
    kick();
}

void HookQueue::finish_run(const Outcome& outcome) {
    auto& run = current_->run;
    run.took = outcome.took;
    run.output = outcome.output;
    run.detail = describe(outcome, current_->timeout);
    run.status = outcome.kind == Outcome::Kind::exited ? outcome.code : -1;
    run.state = well(outcome) ? HookRun::State::ok : HookRun::State::failed;
    if (current_->superseded_by.empty())
        return;
    run.state = HookRun::State::superseded;
    run.detail = current_->superseded_by + "; " + run.detail;
}

void HookQueue::tell_later(HookJob& job, HookEnd end) {
    if (auto done = std::exchange(job.done, nullptr))
        boost::asio::post(loop_, [done = std::move(done), end = std::move(end)] { done(end); });
}

void HookQueue::keep(HookRun run) {
    if (run.output.size() > output_limit)
        run.output.erase(0, run.output.size() - output_limit);
    if (last_.size() == runs_kept)
        last_.pop_front();
    last_.push_back(std::move(run));
}

void HookQueue::forget() {
    std::erase_if(jobs_, [this](const auto& entry) {
        return !order_.knows(entry.first) && !(current_ && current_->job == entry.first);
    });
}

std::vector<HookRun> HookQueue::runs() const {
    std::vector<HookRun> all(last_.begin(), last_.end());
    if (current_)
        all.push_back(current_->run);
    return all;
}

HookRun HookQueue::run_of(const HookJob& job, std::size_t hook) {
    HookRun run;
    run.number = ++runs_so_far_;
    run.event = job.event;
    run.transition = job.transition;
    run.by_hand = job.kind == HookKind::by_hand;
    run.argv = job.hooks[hook].argv;
    run.at = std::chrono::system_clock::now();
    return run;
}

} // namespace baton::scripts
