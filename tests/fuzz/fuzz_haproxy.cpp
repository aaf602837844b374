// What HAProxy's socket sends: health/haproxy_answers, haproxy_info, haproxy_stat, haproxy_judge.
//
//   octets 0..7     sizes of pieces; what is asked for
//   the rest        answers to "show info" and "show stat"
#include "health/haproxy_answers.h"
#include "health/haproxy_judge.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/pieces.h"
#include "tests/fuzz/target.h"

#include <algorithm>

using namespace baton;
using namespace baton::health;
using fuzz::must;

namespace {

HaproxyAnswers collect(fuzz::Pieces pieces) {
    HaproxyAnswers answers(2);
    while (!pieces.done() && answers.state() == HaproxyAnswers::State::wanting)
        answers.feed(pieces.next());
    return answers;
}

std::string quoted(std::string_view text) {
    std::string field = "\"";
    for (const char c : text)
        field.append(c == '"' ? 2 : 1, c);
    return field + '"';
}

std::string number(const std::optional<std::uint64_t>& value) { return value ? std::to_string(*value) : ""; }

/// The same rows as another HAProxy would tell them: other columns in another order, all texts in quotes.
std::string written(const HaproxyStat& stat) {
    std::string text =
        "# qlimit,novelty,last_chk,last_agt,check_status,qcur,type,slim,scur,bck,act,weight,status,"
        "svname,pxname\n";
    for (const auto& row : stat)
        text += number(row.queue_limit) + ",\"new, \"\"really\"\"\"," + quoted(row.last_check) + ',' +
                quoted(row.last_agent) + ',' + quoted(row.check_status) + ',' + number(row.queued) + ',' +
                std::to_string(static_cast<int>(row.type)) + ',' + number(row.session_limit) + ',' +
                number(row.sessions) + ',' + number(row.backup) + ',' + number(row.active) + ',' +
                number(row.weight) + ',' + quoted(row.status) + ',' + quoted(row.server) + ',' +
                quoted(row.proxy) + '\n';
    return text + '\n';
}

std::size_t octets(const HaproxyStat& stat) {
    std::size_t sum = 0;
    for (const auto& row : stat)
        sum += row.proxy.size() + row.server.size() + row.status.size() + row.check_status.size() +
               row.last_check.size() + row.last_agent.size();
    return sum;
}

void check_stat(std::string_view answer) {
    const auto stat = parse_haproxy_stat(answer);
    if (!stat) {
        must(!stat.error().text.empty() && stat.error().text.size() < 200,
             "whoever refuses says why, shortly");
        return;
    }
    must(answer.ends_with("\n\n"), "an answer that is cut off is refused");
    must(octets(*stat) <= answer.size() && stat->size() <= max_stat_rows,
         "values are no larger than the answer");
    const auto again = parse_haproxy_stat(written(*stat));
    must(again && *again == *stat, "the places of columns do not matter");
}

void check_info(std::string_view answer) {
    const auto info = parse_haproxy_info(answer);
    must(info || (!info.error().text.empty() && info.error().text.size() < 200),
         "whoever refuses says why, shortly");
    must(!info || answer.ends_with("\n\n"), "an answer that is cut off is refused");
}

struct Asked {
    HaproxySettings settings;
    std::size_t frontend{0}; ///< rows whose proxies are asked for; 0: none
    std::size_t backend{0};
};

Asked asked(fuzz::Input& input) {
    Asked asked;
    asked.frontend = input.byte();
    asked.backend = input.byte();
    asked.settings.min_up = input.below(4);
    asked.settings.count_backup = input.flag();
    if (const auto limit = input.below(101))
        asked.settings.session_limit = static_cast<unsigned>(limit);
    if (const auto limit = input.byte())
        asked.settings.queue_limit = limit - 1U;
    return asked;
}

HaproxySettings settings_for(const Asked& asked, const HaproxyStat& stat) {
    auto settings = asked.settings;
    if (asked.frontend > 0 && asked.frontend <= stat.size())
        settings.frontends.push_back(stat[asked.frontend - 1].proxy);
    if (asked.backend > 0 && asked.backend <= stat.size())
        settings.backend = stat[asked.backend - 1].proxy;
    return settings;
}

void check_judgement(const HaproxySettings& settings, const HaproxyInfo& info, HaproxyStat stat) {
    const auto before = judge(settings, info, stat);
    const auto names = settings.backend.value_or("").size() * 3 +
                       (settings.frontends.empty() ? 0 : settings.frontends.front().size()) * 8;
    must(!before.detail.empty() && before.detail.size() < 10'000 + names * 8,
         "a judgement has a reason, a short one");
    must(before.share >= 0 && before.share <= 1, "a share is one");
    must(!before.ok || !info.stopping, "who is stopping is not well");
    for (auto& row : stat)
        if (row.type == StatType::server) {
            row.status = "UP";
            row.weight = 1;
        }
    const auto after = judge(settings, info, stat);
    must(after.ok || !before.ok, "servers that come up make nothing worse");
    must(after.share >= before.share, "and no share smaller");
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input({data, size});
    const auto most = input.byte();
    const auto seed = input.byte();
    const auto wanted = asked(input);
    const auto rest = input.take_copy(size);
    const std::string_view text(reinterpret_cast<const char*>(rest.data()), rest.size());
    check_info(text);
    check_stat(text);
    const auto whole = collect({text, 0, 0});
    const auto cut = collect({text, most, seed});
    must(whole.state() == cut.state() && whole.answers() == cut.answers(), "the pieces do not matter");
    const auto answers = whole.answers();
    for (const auto answer : answers)
        must(answer.ends_with("\n\n") && answer.find("\n\n") == answer.size() - 2, "an answer ends once");
    if (answers.size() < 2)
        return 0;
    check_stat(answers[1]);
    const auto info = parse_haproxy_info(answers[0]);
    const auto stat = parse_haproxy_stat(answers[1]);
    if (info && stat)
        check_judgement(settings_for(wanted, *stat), *info, *stat);
    return 0;
}
