#include "scripts/hook_order.h"

#include <algorithm>

namespace baton::scripts {

HookOrder::Change HookOrder::add(const HookTicket& ticket) {
    auto change = ticket.kind == HookKind::by_hand ? Change{} : supersede();
    waiting_.push_back(ticket);
    return change;
}

HookOrder::Change HookOrder::supersede() {
    Change change;
    if (running_ && !running_->condemned) {
        running_->condemned = true;
        change.end_running = running_->in_hook;
        change.superseded.push_back(running_->ticket.number);
        if (!running_->in_hook)
            running_.reset();
    }
    for (const auto& older : waiting_)
        change.superseded.push_back(older.number);
    waiting_.clear();
    return change;
}

std::optional<HookOrder::Next> HookOrder::next() const {
    if (running_ && running_->in_hook)
        return std::nullopt;
    if (running_)
        return Next{running_->ticket.number, running_->hook};
    if (waiting_.empty())
        return std::nullopt;
    return Next{waiting_.front().number, 0};
}

void HookOrder::started() {
    if (!running_) {
        running_ = Running{waiting_.front()};
        waiting_.pop_front();
    }
    running_->in_hook = true;
}

std::optional<HookOrder::Finished> HookOrder::ended(bool ok) {
    auto& running = *running_;
    running.in_hook = false;
    running.ok = running.ok && ok;
    ++running.hook;
    const bool stopped = running.ticket.kind == HookKind::gate && !running.ok;
    if (!running.condemned && !stopped && running.hook < running.ticket.hooks)
        return std::nullopt;
    const Finished finished{running.ticket.number, running.ok};
    const bool condemned = running.condemned;
    running_.reset();
    if (condemned)
        return std::nullopt;
    return finished;
}

std::size_t HookOrder::waiting() const { return waiting_.size(); }

bool HookOrder::knows(std::uint64_t job) const {
    return (running_ && running_->ticket.number == job) ||
           std::any_of(waiting_.begin(), waiting_.end(),
                       [&](const HookTicket& one) { return one.number == job; });
}

} // namespace baton::scripts
