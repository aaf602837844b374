// simulate [--runs N] [--first SEED] [--trace-dir DIR]    runs stories of seeds SEED .. SEED+N-1
// simulate --seed SEED                                    runs one story and prints its trace
//
// A failing run prints its seed and writes its trace to DIR/simulate-SEED.trace (default: where it is
// started).
#include "tests/sim/story.h"
#include "tests/sim/trace.h"

#include <charconv>
#include <fstream>
#include <iostream>
#include <optional>
#include <string_view>

namespace {

using namespace baton::sim;

struct Options {
    std::uint64_t runs{10'000};
    std::uint64_t first{1};
    std::optional<std::uint64_t> seed;
    std::string trace_dir{"."};
};

std::optional<std::uint64_t> number(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = error == std::errc{} && end == text.data() + text.size();
    return whole ? std::optional(value) : std::nullopt;
}

/// Puts the value where the option says; false when there is no such option or no such value.
bool take(Options& options, std::string_view option, std::string_view value) {
    if (option == "--trace-dir") {
        options.trace_dir = value;
        return true;
    }
    const auto count = number(value);
    if (option == "--runs")
        options.runs = count.value_or(0);
    else if (option == "--first")
        options.first = count.value_or(0);
    else if (option == "--seed")
        options.seed = count;
    else
        return false;
    return count.has_value();
}

std::optional<Options> parse(int argc, char** argv) {
    Options options;
    for (int i = 1; i + 1 < argc; i += 2)
        if (!take(options, argv[i], argv[i + 1]))
            return std::nullopt;
    return argc % 2 == 1 ? std::optional(options) : std::nullopt;
}

/// The same seed again, this time with every line of its trace; what broke stands last.
int replay(std::uint64_t seed, std::ostream& out) {
    try {
        const auto result = run_story(seed, [&](baton::Time time, const auto& host, const auto& text) {
            out << format_line(time, host, text) << '\n';
        });
        out << "seed " << seed << ": " << result.takeovers << " takeovers, all promises held\n";
        return 0;
    } catch (const Violation& violation) {
        out << "seed " << seed << ": " << violation.what() << '\n';
        return 1;
    }
}

int run_all(const Options& options) {
    std::uint64_t takeovers = 0;
    baton::Duration virtual_time{};
    for (auto seed = options.first; seed < options.first + options.runs; ++seed) {
        try {
            const auto result = run_story(seed);
            takeovers += result.takeovers;
            virtual_time += result.virtual_time;
        } catch (const Violation& violation) {
            const auto path = options.trace_dir + "/simulate-" + std::to_string(seed) + ".trace";
            std::ofstream trace(path);
            replay(seed, trace);
            std::cerr << "seed " << seed << ": " << violation.what() << "\ntrace written to " << path
                      << "; again with: simulate --seed " << seed << '\n';
            return 1;
        }
    }
    std::cout << options.runs << " runs, " << takeovers << " takeovers, "
              << std::chrono::duration_cast<std::chrono::minutes>(virtual_time).count()
              << " minutes of virtual time, all promises held\n";
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    const auto options = parse(argc, argv);
    if (!options || options->runs == 0) {
        std::cerr << "usage: simulate [--runs N] [--first SEED] [--trace-dir DIR] | simulate --seed SEED\n";
        return 2;
    }
    return options->seed ? replay(*options->seed, std::cout) : run_all(*options);
}
