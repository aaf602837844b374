#include "daemon/options.h"

#include "base/version.h"

#include <CLI/CLI.hpp>
#include <iostream>
#include <map>

namespace baton::daemon {
namespace {

constexpr const char* footer =
    R"(batond stays in the foreground and logs to stderr; SIGTERM or SIGINT hands over and stops,
a second one lets go at once. SIGHUP reads the configuration again (batonctl reload --dry-run says what that would do).

Exit status: 0 stopped cleanly, 1 failed at run time, 2 wrong command line, 78 bad configuration.

Examples:
  batond --check --config lb1.json     say what is wrong with a configuration, start nothing
  batond --log-level debug             run with the configuration of the host
  batonctl status                      ask the running daemon how things stand)";

const std::map<std::string, LogLevel> levels{{"debug", LogLevel::debug},
                                             {"info", LogLevel::info},
                                             {"warning", LogLevel::warning},
                                             {"error", LogLevel::error}};
const std::map<std::string, LogFormat> formats{{"text", LogFormat::text}, {"json", LogFormat::json}};

/// A choice among names. CLI11's own transformer prints the numbers of the enumerators; people want words.
template <class T>
void add_choice(CLI::App& app, const std::string& option, const std::map<std::string, T>& names, T& value,
                const std::string& description) {
    std::string words;
    std::string given;
    for (const auto& [name, choice] : names) {
        words += (words.empty() ? "" : "|") + name;
        if (choice == value)
            given = name;
    }
    app.add_option_function<std::string>(
           option, [&names, &value](const std::string& name) { value = names.at(name); }, description)
        ->check([&names, words](const std::string& name) {
            return names.count(name) != 0 ? std::string() : "\"" + name + "\" is none of " + words;
        })
        ->type_name(words)
        ->default_str(given);
}

/// What is wrong with a path, if anything: an unset variable in a start script makes it empty.
std::string not_empty(const std::string& path) { return path.empty() ? "the path is empty" : ""; }

} // namespace

ParsedOptions parse_options(int argc, const char* const* argv) {
    Options options;
    CLI::App app("batond: keeps each virtual IP on exactly one healthy host (VRRPv3, RFC 9568)", "batond");
    app.footer(footer);
    app.set_version_flag("--version", "batond " + std::string(version()));
    app.add_option("--config", options.config, "the configuration (JSON with comments)")
        ->type_name("FILE")
        ->check(not_empty)
        ->capture_default_str();
    app.add_option("--runtime-dir", options.runtime_dir, "where control.sock is made")
        ->type_name("DIR")
        ->check(not_empty)
        ->capture_default_str();
    app.add_flag("--check", options.check, "check the configuration, say what is wrong, and start nothing");
    add_choice(app, "--log-level", levels, options.log_level, "how much to log");
    add_choice(app, "--log-format", formats, options.log_format, "text for people, json for programs");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0) { // --help, --version
            app.exit(error);
            return {std::nullopt, stopped_cleanly};
        }
        std::cerr << "batond: " << error.what() << "\nbatond --help lists the options\n";
        return {std::nullopt, usage};
    }
    return {options, stopped_cleanly};
}

} // namespace baton::daemon
