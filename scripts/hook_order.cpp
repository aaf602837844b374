#include "scripts/hook_order.h"

#include <algorithm>

namespace baton::scripts {
namespace {

bool is_way(HookKind kind) { return kind == HookKind::gate || kind == HookKind::release; }

} // namespace

HookOrder::Change HookOrder::add(const HookTicket& ticket) {
    Change change;
    if (ticket.kind != HookKind::by_hand)
        supersede_all(ticket, change);
    waiting_.push_back(ticket);
    return change;
}

HookOrder::Change HookOrder::supersede() {
    Change change;
    supersede_all({}, change);
    return change;
}

void HookOrder::supersede_all(const HookTicket& newer, Change& change) {
    if (newer.kind == HookKind::state)
        displaced_.reset();
    else
        displacer_ = newer.number;
    if (running_ && !running_->condemned) {
        running_->condemned = true;
        change.end_running = running_->in_hook;
        give_up(running_->ticket, newer, change);
        if (!running_->in_hook)
            running_.reset();
    }
    for (const auto& older : waiting_)
        give_up(older, newer, change);
    waiting_.clear();
}

void HookOrder::give_up(const HookTicket& older, const HookTicket& newer, Change& change) {
    change.superseded.push_back(older.number);
    if (is_way(newer.kind) && older.kind == HookKind::state)
        displaced_ = older;
}

HookOrder::Change HookOrder::cancel(std::uint64_t job) {
    Change change;
    if (running_ && running_->ticket.number == job && !running_->condemned) {
        running_->condemned = true;
        change.end_running = running_->in_hook;
        change.superseded.push_back(job);
        if (!running_->in_hook)
            running_.reset();
    } else if (std::erase_if(waiting_, [&](const HookTicket& one) { return one.number == job; }) != 0) {
        change.superseded.push_back(job);
    }
    if (job == displacer_)
        bring_back();
    return change;
}

/// Before all that waits: it is older.
void HookOrder::bring_back() {
    if (displaced_)
        waiting_.push_front(*displaced_);
    displaced_.reset();
    displacer_ = 0;
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
    if (!finished.ok && finished.job == displacer_)
        bring_back();
    return finished;
}

std::size_t HookOrder::waiting() const { return waiting_.size(); }

bool HookOrder::knows(std::uint64_t job) const {
    return (running_ && running_->ticket.number == job) || (displaced_ && displaced_->number == job) ||
           std::any_of(waiting_.begin(), waiting_.end(),
                       [&](const HookTicket& one) { return one.number == job; });
}

} // namespace baton::scripts
