// One question to HAProxy's socket, one judgement; and what is said when the answer does not come.
#include "health/haproxy_dialogue.h"

#include "samples.h"

using namespace baton::health;
using Then = StreamAction::Then;

namespace {

HaproxyDialogue asking(const std::string& backend = "mail_backend") {
    HaproxySettings settings;
    settings.backend = backend;
    HaproxyDialogue dialogue(settings);
    CHECK(dialogue.connected() == StreamAction{.send = "show info;show stat\n"});
    return dialogue;
}

StreamAction haproxy_fails(const std::string& detail) {
    return {.then = Then::close, .detail = detail, .share = 0.0};
}

const StreamAction haproxy_waits{};
std::string both_answers() { return baton::testing::haproxy_said("up.both"); }

} // namespace

TEST_CASE("haproxy: both answers, in pieces, are judged with their share") {
    auto dialogue = asking();
    const auto answers = both_answers();
    for (std::size_t i = 0; i + 1 < answers.size(); ++i)
        REQUIRE(dialogue.received(answers.substr(i, 1)) == haproxy_waits);
    const auto last = dialogue.received("\n");
    CHECK(last.ok);
    CHECK(last.then == Then::close);
    CHECK(last.share == 1.0);
    CHECK(last.detail.starts_with("backend mail_backend: 2 of 2 servers up"));
}

TEST_CASE("haproxy: a judgement that is bad is passed on") {
    const auto last = asking("web").received(both_answers());
    CHECK_FALSE(last.ok);
    CHECK(last.share == 0.0);
    CHECK(last.detail.find("web") != std::string::npos);
}

TEST_CASE("haproxy: what closes, is late, or is no answer at all, has no share") {
    CHECK(asking().closed() == haproxy_fails("closed before its whole answer"));
    CHECK(asking().timed_out() == haproxy_fails("no whole answer from HAProxy"));
    auto cut = asking();
    CHECK(cut.received(both_answers().substr(0, both_answers().size() - 1)) == haproxy_waits);
    CHECK(cut.closed() == haproxy_fails("closed before its whole answer"));
    const auto garbage = asking().received("Unknown command\n\nUnknown command\n\n");
    CHECK_FALSE(garbage.ok);
    CHECK_FALSE(garbage.detail.empty());
    CHECK(garbage.share == 0.0);
}

TEST_CASE("haproxy: no more than so much is read") {
    auto dialogue = asking();
    const std::string endless(max_haproxy_answers + 1, 'x');
    CHECK(dialogue.received(endless) == haproxy_fails("answered more than can be read: 4 MiB"));
}

TEST_CASE("haproxy: what is decided stays") {
    auto dialogue = asking();
    const auto decided = dialogue.received(both_answers());
    CHECK(dialogue.received(both_answers()) == decided);
    CHECK(dialogue.closed() == decided);
    CHECK(dialogue.timed_out() == decided);
}
