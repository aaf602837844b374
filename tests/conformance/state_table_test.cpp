// docs/state-machine.md says what the Node does: the table written by hand, row by row, and the whole one
// between the markers, word by word. STATE_TABLE_REWRITE=1 writes the latter anew: read the difference before
// you commit.
#include "tests/conformance/state_table.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

using namespace baton::conformance;

namespace {

const std::string page = "docs/state-machine.md";
const std::string begin_mark = "<!-- begin: made by tests/conformance/state_table_test.cpp -->\n";
const std::string end_mark = "<!-- end -->\n";

std::string read_page() {
    std::ostringstream text;
    text << std::ifstream(page).rdbuf();
    return text.str();
}

/// The page with what stands between the markers replaced.
std::string with_table(const std::string& text, const std::string& table) {
    const auto begin = text.find(begin_mark);
    const auto end = text.find(end_mark);
    REQUIRE_MESSAGE((begin != std::string::npos && end != std::string::npos && begin < end),
                    page << " has no markers for the table");
    return text.substr(0, begin + begin_mark.size()) + "\n" + table + "\n" + text.substr(end);
}

bool rewrite_wanted() {
    const char* value = std::getenv("STATE_TABLE_REWRITE");
    return value != nullptr && std::string(value) == "1";
}

using Words = std::vector<std::string>;

Words split(const std::string& text, const std::string& separator) {
    Words parts;
    std::size_t at = 0;
    for (auto next = text.find(separator); next != std::string::npos; next = text.find(separator, at)) {
        parts.push_back(text.substr(at, next - at));
        at = next + separator.size();
    }
    parts.push_back(text.substr(at));
    return parts;
}

bool contains(const Words& words, const std::string& word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

/// "advert * + ([...](...)), release, learn interval, arm ADI" -> advert release arm
std::string verbs_of(const std::string& effects) {
    std::string verbs;
    for (const auto& part : split(effects, ", "))
        for (const char* verb : {"hold", "release", "announce", "advert", "arm"})
            if (part.starts_with(verb))
                verbs += std::string(verb) + " ";
    return verbs;
}

std::string verbs_of(const Words& actions) {
    std::string all;
    for (const auto& one : actions)
        all += (all.empty() ? "" : ", ") + one;
    return verbs_of(all);
}

/// One row of the table written by hand: | T7 | backup | advert with priority 0 | arm Skew_Time | backup |
struct HandRow {
    Words transitions;
    Words states;
    std::string event;
    std::string effects;
    std::string next;
};

/// Without the blanks around it, and without the mark of what is ours: "T16 +".
std::string trimmed(std::string text) {
    text.erase(0, text.find_first_not_of(' '));
    while (text.ends_with(' ') || text.ends_with('+'))
        text.pop_back();
    return text;
}

Words trimmed(Words words) {
    for (auto& word : words)
        word = trimmed(word);
    return words;
}

std::vector<HandRow> hand_rows() {
    std::vector<HandRow> rows;
    for (const auto& line : split(read_page(), "\n")) {
        if (!line.starts_with("| T") && !line.starts_with("| + |"))
            continue;
        const auto cells = trimmed(split(line, "|"));
        REQUIRE_MESSAGE(cells.size() == 7, "five columns, and nothing before and behind: " << line);
        rows.push_back({trimmed(split(cells[1], ", ")), split(cells[2], ", "), cells[3], cells[4], cells[5]});
    }
    return rows;
}

const HandRow& row_of(const std::vector<HandRow>& rows, const std::string& transition) {
    const auto found = std::find_if(
        rows.begin(), rows.end(), [&](const HandRow& one) { return contains(one.transitions, transition); });
    REQUIRE_MESSAGE(found != rows.end(), "no row for " << transition);
    return found->effects.starts_with("as T") ? row_of(rows, found->effects.substr(3)) : *found;
}

/// An event of the whole table that is ours, and how its row in the table written by hand begins.
const std::vector<std::pair<std::string, std::string>> our_events{
    {"the timer fires, the kernel refuses `hold`", "Active_Down_Timer, and the kernel refuses `hold`"},
    {"advert with a lower priority, of the router it yielded to", "the same from the router it yielded to"},
    {"the link goes", "a fault appears: the link goes"},
    {"the link goes", "a fault appears (below)"},
    {"a tracked check goes down (weight 0)", "a fault appears: not the link"},
    {"a tracked check goes down (weight 0)", "a fault appears (below)"},
    {"our priority changes (a weight)", "its priority changes"},
    {"the interface has another MAC address", "an interface that carries addresses has its link back"},
    {"a virtual address is gone", "a virtual address is gone"},
    {"a virtual address with our mark is there", "a virtual address with our mark is there"},
    {"released by hand", "released by hand"},
    {"woken 10 s late", "woken more than an ADI"}};

const HandRow& our_row(const std::vector<HandRow>& rows, const std::string& event, const std::string& state) {
    const auto is_of = [&](const HandRow& row) {
        if (!row.transitions.front().empty() || !contains(row.states, state)) // trimmed() takes the mark away
            return false;
        if (state == "handing over") // whatever ends it
            return row.next == "initialize";
        return std::any_of(our_events.begin(), our_events.end(), [&](const auto& pair) {
            return pair.first == event && row.event.starts_with(pair.second);
        });
    };
    const auto found = std::find_if(rows.begin(), rows.end(), is_of);
    REQUIRE_MESSAGE(found != rows.end(), "no row for what is ours: " << event << ", " << state);
    return *found;
}

bool next_agrees(const HandRow& row, const Reaction& reaction) {
    const auto next = trimmed(split(row.next, ", "));
    return row.next == "same" ? reaction.next == reaction.state : contains(next, reaction.next);
}

} // namespace

TEST_CASE("docs/state-machine.md has the table of what the Node does") {
    const auto text = read_page();
    const auto table = format(state_table());
    const auto now = with_table(text, table);
    const bool same = text == now;
    if (rewrite_wanted())
        std::ofstream(page) << now;
    else
        CHECK_MESSAGE(same,
                      page << " is out of date; STATE_TABLE_REWRITE=1 build/bin/conformance_table writes "
                           << "it anew. Now the table is\n"
                           << table);
}

TEST_CASE("the table written by hand says the same, transition by transition") {
    const auto rows = hand_rows();
    for (const auto& [event, reactions] : state_table())
        for (const auto& reaction : reactions) {
            const bool ours = reaction.transition == "+";
            const bool nothing = reaction.actions.empty() && reaction.next == reaction.state;
            if (reaction.transition.empty() || (ours && nothing))
                continue;
            const auto& what = event; // clang 14 lets no lambda, such as CAPTURE's, name a structured binding
            CAPTURE(what);
            CAPTURE(reaction.state);
            CAPTURE(reaction.transition);
            const auto& row = ours ? our_row(rows, what, reaction.state) : row_of(rows, reaction.transition);
            CHECK((contains(row.states, reaction.state) || contains(row.states, "any")));
            CHECK(verbs_of(row.effects) == verbs_of(reaction.actions));
            CHECK_MESSAGE(next_agrees(row, reaction), "next: " << row.next << ", not " << reaction.next);
        }
}

TEST_CASE("every transition of RFC 9568 section 6.4 is in the table") {
    std::set<std::string> seen;
    for (const auto& row : state_table())
        for (const auto& reaction : row.reactions)
            seen.insert(reaction.transition);
    for (int i = 1; i <= 16; ++i)
        CHECK_MESSAGE(seen.contains("T" + std::to_string(i)), "no row for T" << i);
}
