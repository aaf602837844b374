// The conversation of a check with HAProxy's runtime socket: one question, one judgement.
//
// HAProxy Management Guide, "Unix Socket commands".
#pragma once

#include "health/dialogue.h"
#include "health/haproxy_answers.h"
#include "health/haproxy_judge.h"

namespace baton::health {

class HaproxyDialogue : public DecidingDialogue {
public:
    explicit HaproxyDialogue(HaproxySettings settings) : settings_(std::move(settings)) {}

    StreamAction connected() override;
    StreamAction received(std::string_view bytes) override;
    StreamAction closed() override;
    StreamAction timed_out() override;

private:
    StreamAction judged();

    HaproxySettings settings_;
    HaproxyAnswers answers_{2};
};

} // namespace baton::health
