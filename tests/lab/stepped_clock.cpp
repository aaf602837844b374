// A wall clock that can be set while a program runs: preloaded (ld.so(8)), it adds to the time of day the
// seconds that stand in the file STEPPED_CLOCK names, a 64-bit number that the test may change at any moment.
//
// All other clocks, and all timers, are the kernel's own. (libfaketime moves timers that have nothing to do
// with the time of day.) Never linked into anything.
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

namespace {

const volatile std::int64_t* step = nullptr; // null: no file, no step

[[gnu::constructor]] void map_step() {
    const char* path = std::getenv("STEPPED_CLOCK");
    const int file = path == nullptr ? -1 : open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return;
    void* mapped = mmap(nullptr, sizeof *step, PROT_READ, MAP_SHARED, file, 0);
    close(file);
    if (mapped != MAP_FAILED)
        step = static_cast<const volatile std::int64_t*>(mapped);
}

bool tells_the_time_of_day(clockid_t clock) {
    return clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE || clock == CLOCK_TAI;
}

} // namespace

extern "C" {

// Not through the C library's own: nothing needs to be looked up, however early this is called.
int clock_gettime(clockid_t clock, timespec* now) noexcept {
    const auto status = static_cast<int>(syscall(SYS_clock_gettime, clock, now));
    if (status == 0 && step != nullptr && tells_the_time_of_day(clock))
        now->tv_sec += *step;
    return status;
}

int gettimeofday(timeval* now, void*) noexcept {
    timespec precise{};
    clock_gettime(CLOCK_REALTIME, &precise);
    *now = {precise.tv_sec, precise.tv_nsec / 1000};
    return 0;
}

std::time_t time(std::time_t* now) noexcept {
    timespec precise{};
    clock_gettime(CLOCK_REALTIME, &precise);
    if (now != nullptr)
        *now = precise.tv_sec;
    return precise.tv_sec;
}
}
