#include "scripts/process.h"

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cassert>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <optional>
#include <poll.h>
#include <string_view>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace baton::scripts {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using SteadyClock = std::chrono::steady_clock;

/// After SIGKILL an ordinary process is gone in a moment; what is not is reported without waiting for it.
constexpr auto kill_grace = std::chrono::milliseconds(200);

/// A debugger can keep an ended process from us; its end is not signalled a second time, so look again.
constexpr auto reap_again_after = std::chrono::milliseconds(20);

constexpr int abandon_wait_ms = 1000;

/// As much as a pipe holds: one read empties it. More than one at a time would keep the loop from others.
constexpr std::size_t read_size = 65536;

void keep_tail(std::string& tail, std::string_view more, std::size_t limit) {
    if (more.size() > limit)
        more.remove_prefix(more.size() - limit);
    tail += more;
    if (tail.size() > limit)
        tail.erase(0, tail.size() - limit);
}

Outcome outcome_of(const siginfo_t& info) {
    Outcome outcome;
    outcome.kind = info.si_code == CLD_EXITED ? Outcome::Kind::exited : Outcome::Kind::signalled;
    outcome.code = info.si_status;
    return outcome;
}

} // namespace

/// Kept alive by the operations under way, so that none of them ever finds it gone.
class Process::Run : public std::enable_shared_from_this<Run> {
public:
    Run(asio::io_context& loop, Handler handler)
        : loop_(loop), handler_(std::move(handler)), output_(loop), pidfd_(loop) {}

    void start(const Command& command);
    void end();
    void abandon();
    [[nodiscard]] pid_t pid() const { return child_.pid; }

private:
    enum class Stage : std::uint8_t { running, asked_to_end, killed };

    void not_started(const error_code& why);
    void await_output();
    void await_end();
    void await_timeout(Duration timeout);
    void on_timeout();
    void ask_to_end();
    void kill_now();
    void on_end();
    [[nodiscard]] bool read_some();
    void kill_group() const;
    [[nodiscard]] bool has_ended() const;
    [[nodiscard]] bool reap(siginfo_t& info) const;
    void kill_and_wait();
    void finish(Outcome outcome);
    void release();
    void report(Outcome outcome);

    asio::io_context& loop_;
    Handler handler_;
    SteadyClock::time_point started_{SteadyClock::now()};
    std::optional<asio::steady_timer> timeout_;    ///< destroyed to cancel: cancel() may throw
    std::optional<asio::steady_timer> reap_again_; ///< likewise
    asio::posix::stream_descriptor output_;        ///< watches child_.output, owns nothing
    asio::posix::stream_descriptor pidfd_;         ///< watches child_.pidfd, owns nothing
    Child child_;
    Stage stage_{Stage::running};
    bool timed_out_{false};
    Duration grace_{};
    std::size_t output_kept_{output_limit};
    std::string tail_;
};

void Process::Run::start(const Command& command) {
    assert(!command.argv.empty());
    grace_ = command.grace;
    output_kept_ = command.output_kept;
    auto child = spawn(command);
    if (!child)
        return not_started(child.error());
    child_ = std::move(*child);
    error_code failed;
    pidfd_.assign(child_.pidfd.get(), failed);
    if (!failed)
        output_.assign(child_.output.get(), failed);
    if (failed) {
        kill_and_wait();
        return not_started(failed);
    }
    await_output();
    await_end();
    await_timeout(command.timeout);
}

void Process::Run::not_started(const error_code& why) {
    asio::post(loop_, [self = shared_from_this(), why] {
        self->report({.kind = Outcome::Kind::not_started, .code = why.value()});
    });
}

void Process::Run::await_output() {
    // Waits and then reads by itself: a read left to Asio could hold the last words when the end is noticed.
    output_.async_wait(output_.wait_read, [self = shared_from_this()](const error_code& failed) {
        if (!failed && self->pid() != 0 && self->read_some())
            self->await_output();
    });
}

/// False once there is nothing more to come.
bool Process::Run::read_some() {
    std::array<char, read_size> buffer;
    const auto count = ::read(child_.output.get(), buffer.data(), buffer.size());
    if (count < 0)
        return errno == EAGAIN || errno == EINTR;
    keep_tail(tail_, {buffer.data(), static_cast<std::size_t>(count)}, output_kept_);
    return count > 0;
}

void Process::Run::await_end() {
    pidfd_.async_wait(pidfd_.wait_read, [self = shared_from_this()](const error_code& failed) {
        if (!failed && self->pid() != 0)
            self->on_end();
    });
}

void Process::Run::await_timeout(Duration timeout) {
    timeout_.emplace(loop_, timeout);
    timeout_->async_wait([self = shared_from_this()](const error_code& cancelled) {
        if (!cancelled && self->pid() != 0)
            self->on_timeout();
    });
}

void Process::Run::on_timeout() {
    switch (stage_) {
    case Stage::running:
        timed_out_ = true;
        return ask_to_end();
    case Stage::asked_to_end:
        return kill_now();
    case Stage::killed:
        return report({.kind = Outcome::Kind::timed_out});
    }
}

void Process::Run::end() {
    if (pid() != 0 && stage_ == Stage::running)
        ask_to_end();
}

/// One that was stopped could not hear it.
void Process::Run::ask_to_end() {
    if (grace_ == Duration::zero())
        return kill_now();
    stage_ = Stage::asked_to_end;
    ::kill(-child_.pid, SIGTERM);
    ::kill(-child_.pid, SIGCONT);
    await_timeout(grace_);
}

void Process::Run::kill_now() {
    stage_ = Stage::killed;
    kill_group();
    await_timeout(kill_grace);
}

/// The program has ended. What it left behind in its group would hold the pipe and outlive its check.
void Process::Run::on_end() {
    if (!has_ended()) // woken by what was still to come from a descriptor that had this number before
        return await_end();
    kill_group();
    siginfo_t info{};
    if (!reap(info))
        return finish({.kind = Outcome::Kind::lost});
    if (info.si_pid != 0)
        return finish(outcome_of(info));
    reap_again_.emplace(loop_, reap_again_after);
    reap_again_->async_wait([self = shared_from_this()](const error_code& cancelled) {
        if (!cancelled && self->pid() != 0)
            self->on_end();
    });
}

/// The pid is still ours, see Child. The leader by its own handle: it may have moved to another group.
/// What fails here fails because there is nobody left to kill.
void Process::Run::kill_group() const {
    ::syscall(SYS_pidfd_send_signal, child_.pidfd.get(), SIGKILL, nullptr, 0);
    ::kill(-child_.pid, SIGKILL);
}

bool Process::Run::has_ended() const {
    pollfd ended{child_.pidfd.get(), POLLIN, 0};
    return ::poll(&ended, 1, 0) != 0;
}

/// False if it is not ours to reap any more; info.si_pid stays 0 while it cannot be reaped yet.
bool Process::Run::reap(siginfo_t& info) const {
    return ::waitid(P_PIDFD, static_cast<id_t>(child_.pidfd.get()), &info, WEXITED | WNOHANG) == 0;
}

void Process::Run::kill_and_wait() {
    kill_group();
    pollfd ended{child_.pidfd.get(), POLLIN, 0};
    ::poll(&ended, 1, abandon_wait_ms);
    siginfo_t info{};
    [[maybe_unused]] const bool ours = reap(info); // if not, there is nothing left to do
    release();
}

void Process::Run::finish(Outcome outcome) {
    // Its last words may still be in the pipe. One full pipe of them is enough: a process that left the group
    // could print for ever.
    [[maybe_unused]] const bool more = read_some();
    SpawnFailure failure;
    if (::read(child_.failure.get(), &failure, sizeof failure) == sizeof failure)
        outcome = {.kind = Outcome::Kind::not_started, .code = failure.why, .step = failure.step};
    else if (timed_out_)
        outcome.kind = Outcome::Kind::timed_out;
    release();
    report(std::move(outcome));
}

void Process::Run::release() {
    timeout_.reset();
    reap_again_.reset();
    for (auto* watch : {&output_, &pidfd_})
        if (watch->is_open()) [[maybe_unused]]
            const int owned_by_child = watch->release();
    child_ = {};
}

void Process::Run::report(Outcome outcome) {
    const auto handler = std::exchange(handler_, nullptr);
    if (!handler)
        return;
    outcome.output = std::move(tail_);
    outcome.took = SteadyClock::now() - started_;
    handler(outcome);
}

void Process::Run::abandon() {
    handler_ = nullptr;
    if (pid() != 0)
        kill_and_wait();
}

Process::Process(asio::io_context& loop, const Command& command, Handler handler)
    : run_(std::make_shared<Run>(loop, std::move(handler))) {
    run_->start(command);
}

Process::~Process() { run_->abandon(); }

void Process::end() { run_->end(); }

bool Process::ended() const { return run_->pid() == 0; }

pid_t Process::pid() const { return run_->pid(); }

} // namespace baton::scripts
