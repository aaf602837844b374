#include "health/haproxy_dialogue.h"

#include <utility>

namespace baton::health {
namespace {

StreamAction bad(std::string why) {
    return {.then = StreamAction::Then::close, .detail = std::move(why), .share = 0.0};
}

} // namespace

StreamAction HaproxyDialogue::connected() { return {.send = "show info;show stat\n"}; }

StreamAction HaproxyDialogue::received(std::string_view bytes) {
    if (decided())
        return *decided();
    switch (answers_.feed(bytes)) {
    case HaproxyAnswers::State::wanting:
        return {};
    case HaproxyAnswers::State::too_long:
        return decide(
            bad("answered more than can be read: " + std::to_string(max_haproxy_answers >> 20) + " MiB"));
    case HaproxyAnswers::State::complete:
        break;
    }
    return decide(judged());
}

StreamAction HaproxyDialogue::judged() {
    const auto answers = answers_.answers();
    const auto info = parse_haproxy_info(answers[0]);
    if (!info)
        return bad(info.error().text);
    const auto stat = parse_haproxy_stat(answers[1]);
    if (!stat)
        return bad(stat.error().text);
    auto judgement = judge(settings_, *info, *stat);
    return {.then = StreamAction::Then::close,
            .ok = judgement.ok,
            .detail = std::move(judgement.detail),
            .share = judgement.share};
}

StreamAction HaproxyDialogue::closed() { return decide(bad("closed before its whole answer")); }

StreamAction HaproxyDialogue::timed_out() { return decide(bad("no whole answer from HAProxy")); }

} // namespace baton::health
