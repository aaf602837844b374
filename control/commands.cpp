#include "control/commands.h"

#include "base/nearest.h"
#include "base/version.h"
#include "control/client.h"
#include "control/commands_drill.h"
#include "control/commands_hooks.h"
#include "control/commands_release.h"
#include "control/table.h"

#include <algorithm>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <ostream>

namespace baton::control {
namespace {

constexpr int done = 0;
constexpr int refused = 1;
constexpr int usage = 2;
constexpr int bad_configuration = 78; // as batond

constexpr auto examples = R"(
Examples:
  batonctl status                  a table of all instances and checks
  batonctl --json status           the same as JSON, for scripts
  batonctl why VI_1                why VI_1 is in its state, and its last transitions
  batonctl reload --dry-run        what would change if batond read its configuration again
  batonctl reload                  take it over: what is equal goes on undisturbed
  batonctl check haproxy down      have a check count as down, whatever it finds; "auto" takes that back
  batonctl hooks list              the hooks of all instances, and how they ended last
  batonctl hooks run VI_1 active --dry-run   with what arguments, environment and input they would be run
  batonctl hooks run VI_1 active   run them as batond would; ends with the exit status of the first that fails
  batonctl release VI_1 --for 10m  hand over to another node, and stand aside for ten minutes
  batonctl release --all           the same with all instances, until "batonctl resume --all": maintenance
  batonctl drill VI_1 --port 25    rehearse a failover and back; how long did the service not answer?
  batonctl --socket /run/b/control.sock status

Exit status: 0 done, 1 batond refused or cannot be reached, 2 wrong usage, 78 bad configuration;
of "hooks run" that of the hook.)";

struct Options {
    std::string socket{"/run/baton/control.sock"};
    bool json{false};
    std::string instance;
    bool dry_run{false};
    std::string check;
    std::string word; ///< "up", "down" or "auto"
    std::string event;
    bool all{false};
    std::string duration; ///< "10m"
    bool force{false};
    std::string hold{"5s"};
    std::uint16_t port{0}; ///< 0: none
};

/// Why a command was not done, and the exit status.
struct Failure {
    Failure() = default;
    Failure(Error error) : text(std::move(error.text)) {} // NOLINT: an error is a failure

    std::string text;
    int status{refused};
    std::string lines{}; ///< to be told before it
};

using Done = Result<void, Failure>;

void print(const Json& json, std::ostream& out) { out << to_text(json, 2) << '\n'; }

Done status(const Options& options, std::ostream& out) {
    const auto answer = get(options.socket, "/v1/status");
    if (!answer)
        return answer.error();
    if (options.json)
        print(*answer, out);
    else
        out << status_table(*answer);
    return {};
}

/// Who is meant where no name is given.
Result<std::string, Error> only_instance(const Options& options) {
    const auto answer = get(options.socket, "/v1/status");
    if (!answer)
        return answer.error();
    const auto& instances = answer->at("instances");
    if (instances.size() == 1)
        return {boost::system::in_place_value, instances[0].at("name").get<std::string>()};
    std::string names;
    for (const auto& instance : instances)
        names += (names.empty() ? "" : ", ") + instance.at("name").get<std::string>();
    return Error{instances.empty() ? "there is no instance"
                                   : "which instance? batonctl why NAME, with NAME one of: " + names};
}

Done explain(const Options& options, const std::string& name, std::ostream& out) {
    const auto answer = get(options.socket, "/v1/why/" + percent_encoded(name));
    if (!answer)
        return answer.error();
    if (options.json) {
        print(*answer, out);
        return {};
    }
    for (const auto& line : answer->at("text"))
        out << line.get<std::string>() << '\n';
    return {};
}

Done why(const Options& options, std::ostream& out) {
    if (!options.instance.empty())
        return explain(options, options.instance, out);
    const auto name = only_instance(options);
    return name ? explain(options, *name, out) : Done(name.error());
}

/// All that is wrong stands in front of the sentence that there is something.
Failure not_reloaded(const Reply& reply) {
    Failure failure(Error{reply.body.at("error").get<std::string>()});
    for (const auto& problem : reply.body.value("errors", Json::array()))
        failure.lines += problem.at("text").get<std::string>() + "\n";
    if (reply.status == 422)
        failure.status = bad_configuration;
    return failure;
}

Done reload(const Options& options, std::ostream& out) {
    const auto reply = post(options.socket, options.dry_run ? "/v1/reload?dry_run=1" : "/v1/reload");
    if (!reply)
        return Failure(reply.error());
    if (options.json)
        print(reply->body, out);
    if (reply->status != 200)
        return not_reloaded(*reply);
    if (!options.json)
        for (const auto& line : reply->body.at("text"))
            out << line.get<std::string>() << '\n';
    return {};
}

Done set_check(const Options& options, std::ostream& out) {
    const auto reply =
        post(options.socket, "/v1/checks/" + percent_encoded(options.check) + "?set=" + options.word);
    if (!reply)
        return Failure(reply.error());
    if (reply->status != 200)
        return Failure(Error{reply->body.at("error").get<std::string>()});
    if (options.json)
        print(reply->body, out);
    else if (options.word == "auto")
        out << "check " << options.check << " counts as its results say\n";
    else
        out << "check " << options.check << " counts as " << options.word
            << ", until you say \"auto\" or batond ends\n";
    return {};
}

HooksRequest hooks_request(const Options& options) {
    return {options.socket, options.instance, options.event, options.json};
}

/// `result` of commands_hooks.h.
Done done_or_failed(const Result<void, HookFailure>& result) {
    if (result)
        return {};
    Failure failure;
    failure.text = result.error().text;
    failure.status = result.error().status;
    return failure;
}

Done hooks_list(const Options& options, std::ostream& out) {
    return done_or_failed(list_hooks(hooks_request(options), out));
}

Done hooks_run(const Options& options, std::ostream& out) {
    return done_or_failed(options.dry_run ? show_hooks(hooks_request(options), out)
                                          : run_hooks(hooks_request(options), out));
}

/// Who is to be released or resumed, where that is said well.
Result<ReleaseCommand, Failure> release_command(const Options& options) {
    ReleaseCommand command{options.socket, options.instance, options.duration, options.force, options.json};
    if (options.all != options.instance.empty()) {
        Failure failure(Error{options.all ? "--all is all instances; leave the name out, or --all"
                                          : "which instance? Name one, or say --all"});
        failure.status = usage;
        return failure;
    }
    return command;
}

Done release(const Options& options, std::ostream& out) {
    const auto command = release_command(options);
    if (!command)
        return command.error();
    const auto released = release_instances(*command, out);
    return released ? Done() : Failure(released.error());
}

Done rehearse(const Options& options, std::ostream& out) {
    const auto port = options.port == 0 ? std::nullopt : std::optional(options.port);
    const auto played = drill({options.socket, options.instance, options.hold, port, options.json}, out);
    return played ? Done() : Failure(played.error());
}

Done resume(const Options& options, std::ostream& out) {
    const auto command = release_command(options);
    if (!command)
        return command.error();
    const auto resumed = resume_instances(*command, out);
    return resumed ? Done() : Failure(resumed.error());
}

/// Our own version is told even where there is nobody to ask for the other.
Done versions(const Options& options, std::ostream& out) {
    const auto answer = get(options.socket, "/v1/status");
    const auto ours = std::string(version());
    const auto theirs = answer ? answer->at("version").get<std::string>() : "";
    if (options.json)
        print({{"batonctl", ours}, {"batond", answer ? Json(theirs) : Json(nullptr)}}, out);
    else
        out << "batonctl " << ours << (answer ? "\nbatond " + theirs : "") << '\n';
    return answer ? Done() : Done(answer.error());
}

using Command = Done (*)(const Options&, std::ostream&);

/// Asks and prints; the exit status.
int carry_out(Command command, const Options& options, std::ostream& out, std::ostream& err) {
    Failure failure;
    try {
        const auto result = command(options, out);
        if (result)
            return done;
        failure = result.error();
    } catch (const Json::exception&) {
        failure.text = "what answers at " + options.socket + " is not a batond of this version (" +
                       std::string(version()) + ")";
    }
    err << failure.lines << "batonctl: " << failure.text << '\n';
    return failure.status;
}

/// The option parser, with the commands as its subcommands; those write the chosen one to `chosen`.
void describe(CLI::App& app, Options& options, Command& chosen) {
    app.set_version_flag("--version", "batonctl " + std::string(version()));
    app.add_option("--socket", options.socket, "the control socket of batond")
        ->check([](const std::string& path) { return std::string(path.empty() ? "the path is empty" : ""); })
        ->capture_default_str();
    app.add_flag("--json", options.json, "print JSON, for scripts");
    app.footer(examples);
    app.fallthrough(); // --json and --socket may stand behind the command as well
    app.require_subcommand(0, 1);
    const auto add = [&](const char* name, const char* help, Command command) {
        return app.add_subcommand(name, help)->callback([&chosen, command] { chosen = command; });
    };
    add("status", "show all instances and checks", status);
    add("why", "explain the state of an instance", why)
        ->add_option("NAME", options.instance, "the instance; may be left out if there is only one");
    add("reload", "have batond read its configuration again", reload)
        ->add_flag("--dry-run", options.dry_run, "only say what would change");
    auto* check = add("check", "have a check count as up or down, whatever it finds", set_check);
    check->add_option("NAME", options.check, "the check")->required();
    check->add_option("STATE", options.word, "up, down, or auto: as its results say")
        ->required()
        ->check(CLI::IsMember({"up", "down", "auto"}));
    auto* go =
        add("release", "hand over to another node, and take no part until it is over or resumed", release);
    go->add_option("NAME", options.instance, "the instance");
    go->add_flag("--all", options.all, "all instances of this node");
    go->add_option("--for", options.duration, "how long: 90s, 10m, 2h; without it, until \"resume\"")
        ->check([](const std::string& given) { // as of a variable that is not set: that is not "for ever"
            return given.empty() ? "is empty; give a time such as 10m, or leave --for out" : "";
        });
    go->add_flag("--force", options.force, "also when no other node takes over, or a release hook fails");
    auto* back = add("resume", "take part again after a release", resume);
    back->add_option("NAME", options.instance, "the instance");
    back->add_flag("--all", options.all, "all instances of this node");
    auto* rehearsal =
        add("drill", "hand over and take back, and tell how long the address did not answer", rehearse);
    rehearsal->add_option("NAME", options.instance, "the instance, active on this node")->required();
    rehearsal->add_option("--hold", options.hold, "how long the other node keeps it")->capture_default_str();
    rehearsal
        ->add_option("--port", options.port, "what must answer, by TCP; without it, whoever has the address")
        ->check(CLI::Range(1, 65535));
    auto* hooks = app.add_subcommand("hooks", "look at hooks, and run them by hand");
    hooks->require_subcommand(1);
    hooks->add_subcommand("list", "show all hooks, and how they ended last")->callback([&chosen] {
        chosen = hooks_list;
    });
    auto* run = hooks->add_subcommand(
        "run", "run the hooks of an instance, or a sync group, for an event as batond would, and wait");
    run->callback([&chosen] { chosen = hooks_run; });
    run->add_option("NAME", options.instance, "the instance or sync group")->required();
    run->add_option("EVENT", options.event, "before_active, active, backup, fault, stop, release or deleted")
        ->required();
    run->add_flag("--dry-run", options.dry_run, "only print arguments, environment and input");
    add("version", "show the versions of batonctl and batond", versions);
}

int complain(const std::string& problem, std::ostream& err) {
    err << "batonctl: " << problem << "\nbatonctl --help lists the commands and options\n";
    return usage;
}

std::vector<std::string> command_names(const CLI::App& app) {
    std::vector<std::string> names;
    for (const auto* command : app.get_subcommands([](const CLI::App*) { return true; }))
        names.push_back(command->get_name());
    return names;
}

/// " (there are: status, why, version)"
std::string there_are(const std::vector<std::string>& names) {
    std::string list;
    for (const auto& name : names)
        list += (list.empty() ? "" : ", ") + name;
    return " (there are: " + list + ")";
}

/// What to say of words that the parser did not expect.
std::string unexpected(const CLI::App& app, const CLI::ExtrasError& error) {
    const auto strangers = app.remaining();
    const bool a_command =
        app.get_subcommands().empty() && !strangers.empty() && !strangers.front().starts_with('-');
    if (!a_command)
        return error.what();
    const auto names = command_names(app);
    const auto meant = nearest(strangers.front(), names);
    return "there is no command \"" + strangers.front() + "\"" +
           (meant.empty() ? "" : "; did you mean \"" + meant + "\"?") + there_are(names);
}

} // namespace

int run_command(std::vector<std::string> arguments, std::ostream& out, std::ostream& err) {
    Options options;
    Command chosen = nullptr;
    CLI::App app("Looks at the batond that runs on this host, and tells it what to do.", "batonctl");
    describe(app, options, chosen);
    try {
        std::reverse(arguments.begin(), arguments.end()); // as CLI11 wants them
        app.parse(arguments);
    } catch (const CLI::Success& asked) { // --help, --version
        return app.exit(asked, out, err);
    } catch (const CLI::ExtrasError& error) {
        return complain(unexpected(app, error), err);
    } catch (const CLI::ParseError& error) {
        return complain(error.what(), err);
    }
    if (chosen == nullptr)
        return complain("a command is needed" + there_are(command_names(app)), err);
    return carry_out(chosen, options, out, err);
}

} // namespace baton::control
