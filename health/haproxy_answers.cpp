#include "health/haproxy_answers.h"

#include <algorithm>
#include <cassert>

namespace baton::health {
namespace {

constexpr std::string_view empty_line = "\n\n";

} // namespace

HaproxyAnswers::HaproxyAnswers(std::size_t commands) : commands_(commands) { assert(commands > 0); }

HaproxyAnswers::State HaproxyAnswers::feed(std::string_view bytes) {
    if (state_ != State::wanting)
        return state_;
    const auto room = max_haproxy_answers - text_.size();
    text_ += bytes.substr(0, room);
    look_for_ends();
    if (ends_.size() == commands_)
        state_ = State::complete;
    else if (bytes.size() > room)
        state_ = State::too_long;
    return state_;
}

void HaproxyAnswers::look_for_ends() {
    while (ends_.size() < commands_) {
        const auto end = text_.find(empty_line, looked_at_);
        if (end == std::string::npos) {
            // Its first half may be here already.
            looked_at_ = std::max(looked_at_, text_.empty() ? 0 : text_.size() - 1);
            return;
        }
        looked_at_ = end + empty_line.size();
        ends_.push_back(looked_at_);
    }
}

std::vector<std::string_view> HaproxyAnswers::answers() const {
    std::vector<std::string_view> answers;
    std::size_t begin = 0;
    for (const auto end : ends_) {
        answers.push_back(std::string_view(text_).substr(begin, end - begin));
        begin = end;
    }
    return answers;
}

} // namespace baton::health
