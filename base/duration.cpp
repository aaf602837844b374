#include "base/duration.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace baton {
namespace {

struct Unit {
    std::string_view name;
    std::int64_t nanoseconds;
};

// Largest first: format_duration takes the first that fits.
constexpr std::array<Unit, 6> units{{{"h", 3'600'000'000'000},
                                     {"m", 60'000'000'000},
                                     {"s", 1'000'000'000},
                                     {"ms", 1'000'000},
                                     {"us", 1'000},
                                     {"ns", 1}}};

constexpr std::int64_t ten_years = 10LL * 366 * 24 * 3'600'000'000'000;

Error not_a_duration(std::string_view text) {
    return Error{"\"" + std::string(text) +
                 "\" is not a duration; write a number and a unit, such as \"100ms\", \"1.5s\" or \"10m\""};
}

Error too_long(std::string_view text) {
    return Error{"\"" + std::string(text) + "\" is too long; the longest duration is ten years"};
}

bool all_digits(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// The value of a run of digits, or -1 when it does not fit.
std::int64_t number(std::string_view digits) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return error == std::errc{} && end == digits.data() + digits.size() ? value : -1;
}

} // namespace

Result<Duration, Error> parse_duration(std::string_view text) {
    const auto unit_at = std::min(text.find_first_not_of("0123456789."), text.size());
    const auto unit = std::find_if(units.begin(), units.end(),
                                   [&](const Unit& u) { return u.name == text.substr(unit_at); });
    const auto amount = text.substr(0, unit_at);
    const auto point = std::min(amount.find('.'), amount.size());
    const auto whole_digits = amount.substr(0, point);
    auto fraction_digits = point < amount.size() ? amount.substr(point + 1) : std::string_view{};
    if (unit == units.end() || whole_digits.empty() || (point < amount.size() && fraction_digits.empty()) ||
        !all_digits(fraction_digits))
        return not_a_duration(text);

    const auto whole = number(whole_digits);
    if (whole < 0 || whole > ten_years / unit->nanoseconds)
        return too_long(text);
    std::int64_t total = whole * unit->nanoseconds;
    std::int64_t place = unit->nanoseconds;
    for (const char digit : fraction_digits) {
        // A digit below one nanosecond must be zero, or the value would be rounded in silence.
        if (digit != '0' && (place == 0 || (digit - '0') * place % 10 != 0))
            return Error{"\"" + std::string(text) + "\" is finer than one nanosecond"};
        total += (digit - '0') * place / 10;
        place /= 10;
    }
    if (total > ten_years)
        return too_long(text);
    return Duration{total};
}

std::string format_duration(Duration duration) {
    const auto total = duration.count();
    if (total == 0)
        return "0s";
    if (total < 0)
        return "-" + format_duration(-duration);
    // Hours and minutes only when they come out whole; below that, decimals of one unit.
    for (const auto& unit : units) {
        const auto rest = total % unit.nanoseconds;
        const bool whole_only = unit.name == "h" || unit.name == "m";
        if (total < unit.nanoseconds || (whole_only && rest != 0))
            continue;
        auto text = std::to_string(total / unit.nanoseconds);
        if (rest != 0) {
            auto digits = std::to_string(unit.nanoseconds + rest).substr(1);
            digits.erase(digits.find_last_not_of('0') + 1);
            text += "." + digits;
        }
        return text + std::string(unit.name);
    }
    return "0s";
}

std::string format_milliseconds(Duration duration) {
    const auto microseconds = std::chrono::round<std::chrono::microseconds>(duration).count();
    const auto magnitude = microseconds < 0 ? -microseconds : microseconds;
    auto text = (microseconds < 0 ? "-" : "") + std::to_string(magnitude / 1000);
    if (magnitude % 1000 != 0) {
        auto digits = std::to_string(1000 + magnitude % 1000).substr(1);
        digits.erase(digits.find_last_not_of('0') + 1);
        text += "." + digits;
    }
    return text + " ms";
}

} // namespace baton
