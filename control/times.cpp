#include "control/times.h"

#include <array>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <utility>

namespace baton::control {

using namespace std::chrono;

WallTime time_of_day(const Report& report, Time time) {
    const auto told = report.moments.find(time);
    if (told != report.moments.end())
        return told->second;
    return WallTime(duration_cast<WallTime::duration>(time.time_since_epoch() + report.boot_to_wall));
}

bool waits_to_preempt(const Report& report, const vrrp::InstanceView& view) {
    return view.preempts_from && report.snapshot.at < *view.preempts_from;
}

std::string rfc3339(WallTime time) {
    const auto seconds_part = floor<seconds>(time);
    const auto micros = duration_cast<microseconds>(time - seconds_part).count();
    const std::time_t since_1970 = system_clock::to_time_t(seconds_part);
    std::tm utc{};
    ::gmtime_r(&since_1970, &utc);
    std::array<char, 64> text{};
    const auto length = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &utc);
    std::snprintf(text.data() + length, text.size() - length, ".%06dZ", static_cast<int>(micros));
    return text.data();
}

std::string rough(Duration duration) {
    if (duration < seconds(1))
        return std::to_string(duration_cast<std::chrono::milliseconds>(duration).count()) + "ms";
    constexpr std::array<std::pair<char, long>, 4> units{{{'d', 86400}, {'h', 3600}, {'m', 60}, {'s', 1}}};
    long rest = duration_cast<seconds>(duration).count();
    for (std::size_t i = 0; i < units.size(); ++i) {
        const auto [unit, length] = units[i];
        if (rest < length)
            continue;
        auto text = std::to_string(rest / length) + unit;
        if (i + 1 < units.size() && rest % length >= units[i + 1].second)
            text += ' ' + std::to_string(rest % length / units[i + 1].second) + units[i + 1].first;
        return text;
    }
    return "0s";
}

double milliseconds(Duration duration) {
    return std::round(std::chrono::duration<double, std::micro>(duration).count()) / 1000;
}

} // namespace baton::control
