#include "scripts/spawn.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <linux/close_range.h>
#include <string_view>
#include <sys/syscall.h>
#include <sys/wait.h>

namespace baton::scripts {
namespace {

struct Pipe {
    Descriptor read;
    Descriptor write;
};

boost::system::error_code last_error() { return {errno, boost::system::system_category()}; }

boost::system::result<Pipe> make_pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
        return last_error();
    Pipe pipe{Descriptor(ends[0]), Descriptor(ends[1])};
    // Only our end: the flag belongs to the open file, and a program does not expect it on its stdout.
    if (::fcntl(pipe.read.get(), F_SETFL, O_NONBLOCK) != 0)
        return last_error();
    return pipe;
}

// From here to execve only async-signal-safe calls (signal-safety(7)): a thread that held a lock when we
// forked is not there to release it.

void reset_signals() {
    struct sigaction by_default {};
    by_default.sa_handler = SIG_DFL;
    for (int signal = 1; signal < NSIG; ++signal)
        ::sigaction(signal, &by_default, nullptr); // fails for SIGKILL and the like, which cannot be changed
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

/// 0 from /dev/null, 1 and 2 to `output`, 3 to `report` until execve closes it, nothing above.
bool arrange_descriptors(int output, int report) {
    const int null = ::open("/dev/null", O_RDONLY);
    return null >= 0 && ::dup2(null, 0) == 0 && ::dup2(output, 1) == 1 && ::dup2(output, 2) == 2 &&
           ::dup3(report, 3, O_CLOEXEC) == 3 && ::close_range(4, ~0U, 0) == 0;
}

/// What execve(2) takes.
struct Image {
    char* const* argv;
    char* const* environment;
};

[[noreturn]] void become(const Image& image, int output_end, int report_end) {
    constexpr int out_of_the_way = 4; // of the places that arrange_descriptors fills
    int report = ::fcntl(report_end, F_DUPFD_CLOEXEC, out_of_the_way);
    const int output = ::fcntl(output_end, F_DUPFD_CLOEXEC, out_of_the_way);
    ::setpgid(0, 0);
    reset_signals();
    if (arrange_descriptors(output, report)) {
        report = 3;
        ::execve(image.argv[0], image.argv, image.environment);
    }
    const int why = errno;
    // Nothing can be done if even this fails; exit status 127 is a failed result all the same.
    [[maybe_unused]] const auto told = ::write(report, &why, sizeof why);
    ::_exit(127);
}

/// Signals stay blocked from before the fork until the child has reset them: none of our handlers may run
/// there.
pid_t fork_quietly(const Image& image, int output_end, int report_end) {
    sigset_t all;
    sigset_t before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    const pid_t pid = ::fork();
    if (pid == 0)
        become(image, output_end, report_end);
    const int why = errno;
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    errno = why;
    return pid;
}

/// By number: the C library of Debian 12 declares its own wrapper without C linkage.
int open_pidfd(pid_t pid) { return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)); }

std::vector<char*> pointers(std::vector<std::string>& argv) {
    std::vector<char*> result;
    result.reserve(argv.size() + 1);
    for (auto& argument : argv)
        result.push_back(argument.data());
    result.push_back(nullptr);
    return result;
}

/// Ours without what systemd said to us alone (sd_notify(3), sd_watchdog_enabled(3), sd_listen_fds(3)): a
/// check that notified in our name, or took descriptors that it does not have, would do harm.
std::vector<char*> environment_of_child() {
    constexpr std::array<std::string_view, 7> ours_alone{"NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC",
                                                         "LISTEN_PID",    "LISTEN_FDS",   "LISTEN_FDNAMES",
                                                         "LISTEN_PIDFDID"};
    std::vector<char*> result;
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string_view text(*entry);
        const auto name = text.substr(0, text.find('='));
        if (std::find(ours_alone.begin(), ours_alone.end(), name) == ours_alone.end())
            result.push_back(*entry);
    }
    result.push_back(nullptr);
    return result;
}

} // namespace

boost::system::result<Child> spawn(const std::vector<std::string>& argv) {
    auto output = make_pipe();
    if (!output)
        return output.error();
    auto report = make_pipe();
    if (!report)
        return report.error();

    auto arguments = argv;
    const auto pointer_list = pointers(arguments);
    const auto environment = environment_of_child();
    const pid_t pid =
        fork_quietly({pointer_list.data(), environment.data()}, output->write.get(), report->write.get());
    if (pid < 0)
        return last_error();
    // The child does the same; whoever comes first, the group is there before we may want to kill it.
    ::setpgid(pid, pid);

    Child child{pid, Descriptor(open_pidfd(pid)), std::move(output->read), std::move(report->read)};
    if (!child.pidfd) {
        const auto error = last_error();
        ::kill(pid, SIGKILL);
        ::waitpid(pid, nullptr, 0);
        return error;
    }
    return child;
}

} // namespace baton::scripts
