// Runs every tests/scenarios/*.txt and compares what it prints. SCENARIOS_REWRITE=1 writes what was printed
// into the files instead: read the difference before you commit it.
#include "tests/scenarios/script.h"
#include "tests/scenarios/verbs.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

using namespace baton::scenarios;
namespace fs = std::filesystem;

namespace {

std::string read(const fs::path& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

std::vector<fs::path> scenario_files() {
    std::vector<fs::path> paths;
    for (const auto& entry : fs::directory_iterator("tests/scenarios"))
        if (entry.path().extension() == ".txt" && entry.path().filename() != "CMakeLists.txt")
            paths.push_back(entry.path());
    std::sort(paths.begin(), paths.end());
    return paths;
}

const Verbs& all_verbs() {
    static const Verbs verbs = [] {
        Verbs made;
        add_node_verbs(made);
        add_wire_verbs(made);
        add_fault_verbs(made);
        add_look_verbs(made);
        return made;
    }();
    return verbs;
}

std::vector<std::string> run_command(World& world, const std::string& command) {
    Words words(command);
    const auto verb = words.take("a verb");
    const auto found = all_verbs().find(verb);
    if (found == all_verbs().end())
        throw ScriptError("there is no verb \"" + verb + "\"");
    found->second(world, words);
    words.expect_end();
    return world.take_output();
}

Script run_script(const Script& script) {
    World world;
    return perform(script, [&world](const std::string& command) { return run_command(world, command); });
}

bool rewrite_wanted() {
    const char* value = std::getenv("SCENARIOS_REWRITE");
    return value != nullptr && std::string(value) == "1";
}

} // namespace

TEST_CASE("each scenario prints what its file says") {
    const auto paths = scenario_files();
    REQUIRE(paths.size() > 10);
    for (const auto& path : paths) {
        CAPTURE(path.string());
        try {
            const auto script = parse_script(read(path));
            const auto actual = run_script(script);
            if (rewrite_wanted())
                std::ofstream(path) << format_script(actual);
            else
                CHECK_MESSAGE(difference(script, actual).empty(), path.string()
                                                                      << ": " << difference(script, actual));
        } catch (const std::exception& broken) { // a ScriptError, or a Violation of what must always hold
            FAIL_CHECK(path.string() << ": " << std::string(broken.what()));
        }
    }
}

TEST_CASE("a script is written back as it was read") {
    for (const auto& path : scenario_files()) {
        CAPTURE(path.string());
        CHECK(format_script(parse_script(read(path))) == read(path));
    }
}

TEST_CASE("a wrong expectation is found and shown") {
    const std::string node = "node a priority 200 address 10.0.1.2\nstart a\nhide adverts\nrun 4s\n----\n";
    const auto script = parse_script(node + "0.000000 a boots\nnonsense\n");
    const auto shown = difference(script, run_script(script));
    CHECK(shown.find("output line 2") != std::string::npos);
    CHECK(shown.find("nonsense") != std::string::npos);
    CHECK(shown.find("initialize -> backup") != std::string::npos);
}

TEST_CASE("what a script does not know is refused with its place") {
    for (const std::string command :
         {"fly a", "node a colour red", "start nobody", "run soon", "run", "cut a b c d"}) {
        CAPTURE(command);
        const auto script = parse_script("# story\n\n" + command + "\n----\n");
        CHECK_THROWS_WITH_AS((void)run_script(script), doctest::Contains("line 3"), ScriptError);
    }
    CHECK_THROWS_AS((void)parse_script("node a\n"), ScriptError);
}
