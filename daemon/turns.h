// One thing in each turn of the loop: what takes a moment each (a fork) is not done a thousand times in a row
// while adverts wait.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <deque>
#include <functional>
#include <memory>

namespace baton::daemon {

class Turns {
public:
    explicit Turns(boost::asio::io_context& loop) : loop_(loop) {}
    Turns(Turns&&) = delete;

    /// `what` is called once, from the loop, after those before it.
    void add(std::function<void()> what) {
        waiting_->push_back(std::move(what));
        if (waiting_->size() == 1)
            take_turn(loop_, waiting_);
    }

private:
    using Waiting = std::shared_ptr<std::deque<std::function<void()>>>;

    /// Posted anew each time: what has come in meanwhile has its turn first.
    static void take_turn(boost::asio::io_context& loop, const Waiting& waiting) {
        boost::asio::post(loop, [&loop, waiting] {
            const auto what = std::move(waiting->front());
            waiting->pop_front();
            if (!waiting->empty())
                take_turn(loop, waiting);
            what();
        });
    }

    boost::asio::io_context& loop_;
    Waiting waiting_{std::make_shared<Waiting::element_type>()};
};

} // namespace baton::daemon
