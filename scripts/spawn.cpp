#include "scripts/spawn.h"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <linux/close_range.h>
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

// From here to execv only async-signal-safe calls (signal-safety(7)): a thread that held a lock when we
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

/// 0 from /dev/null, 1 and 2 to `output`, 3 to `report` until execv closes it, nothing above.
bool arrange_descriptors(int output, int report) {
    const int null = ::open("/dev/null", O_RDONLY);
    return null >= 0 && ::dup2(null, 0) == 0 && ::dup2(output, 1) == 1 && ::dup2(output, 2) == 2 &&
           ::dup3(report, 3, O_CLOEXEC) == 3 && ::close_range(4, ~0U, 0) == 0;
}

[[noreturn]] void become(char* const* argv, int output_end, int report_end) {
    constexpr int out_of_the_way = 4; // of the places that arrange_descriptors fills
    int report = ::fcntl(report_end, F_DUPFD_CLOEXEC, out_of_the_way);
    const int output = ::fcntl(output_end, F_DUPFD_CLOEXEC, out_of_the_way);
    ::setpgid(0, 0);
    reset_signals();
    if (arrange_descriptors(output, report)) {
        report = 3;
        ::execv(argv[0], argv);
    }
    const int why = errno;
    // Nothing can be done if even this fails; exit status 127 is a failed result all the same.
    [[maybe_unused]] const auto told = ::write(report, &why, sizeof why);
    ::_exit(127);
}

/// Signals stay blocked from before the fork until the child has reset them: none of our handlers may run
/// there.
pid_t fork_quietly(char* const* argv, int output_end, int report_end) {
    sigset_t all;
    sigset_t before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    const pid_t pid = ::fork();
    if (pid == 0)
        become(argv, output_end, report_end);
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
    const pid_t pid = fork_quietly(pointer_list.data(), output->write.get(), report->write.get());
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
