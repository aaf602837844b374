#include "health/process_table.h"

#include <boost/asio/post.hpp>
#include <cerrno>
#include <dirent.h>
#include <system_error>
#include <utility>

namespace baton::health {

struct ProcessTable::Directory {
    DIR* stream{::opendir("/proc")};

    Directory() = default;
    Directory(const Directory&) = delete;
    Directory& operator=(const Directory&) = delete;
    ~Directory() {
        if (stream != nullptr)
            ::closedir(stream);
    }

    /// Else errno says why.
    [[nodiscard]] bool open() const { return stream != nullptr; }

    /// Nothing: there are no more.
    [[nodiscard]] const dirent* next() const { return stream == nullptr ? nullptr : ::readdir(stream); }
};

std::optional<Process> ProcessTable::known(const std::string& name) {
    const auto of_the_name = seen_.find(kept_name(name));
    if (of_the_name == seen_.end())
        return std::nullopt;
    auto& ids = of_the_name->second;
    while (!ids.empty()) {
        if (auto process = open_process(ids.front()); process && is_called(*process, name))
            return std::move(*process);
        ids.erase(ids.begin());
    }
    return std::nullopt;
}

std::shared_ptr<ProcessTable::Request> ProcessTable::find(const std::string& name, bool anew, Found found) {
    const auto now = std::chrono::steady_clock::now();
    auto request = std::make_shared<Request>(
        Request{name, anew || !trouble_.empty() ? now : now - greatest_age_, std::move(found)});
    waiting_.emplace(kept_name(name), request);
    go_on();
    return request;
}

/// Lets the loop do other things in between.
void ProcessTable::go_on() {
    if (posted_)
        return;
    posted_ = true;
    boost::asio::post(loop_, [this, alive = std::weak_ptr(alive_)] {
        if (alive.expired())
            return;
        posted_ = false;
        step();
    });
}

void ProcessTable::step() {
    std::erase_if(waiting_, [](const auto& entry) { return entry.second.expired(); });
    std::vector<Answer> answers;
    if (!walk_ && !complete_ && !waiting_.empty())
        begin_walk();
    if (walk_)
        look_at_some(answers);
    if (complete_)
        give_up_on_missing(answers);
    if (waiting_.empty())
        walk_.reset(); // who asks next begins again
    else
        go_on();
    for (auto& [asked, process] : answers)
        if (const auto request = asked.lock()) // the answer before may have ended this one
            request->found(std::move(process));
}

void ProcessTable::begin_walk() {
    seen_.clear();
    began_ = std::chrono::steady_clock::now();
    complete_ = false;
    walk_ = std::make_shared<Directory>();
    trouble_ = walk_->open() ? "" : "/proc cannot be read: " + std::generic_category().message(errno);
    ++walks_;
}

void ProcessTable::look_at_some(std::vector<Answer>& answers) {
    for (int looked_at = 0; looked_at < at_a_time;) {
        const auto* const entry = walk_->next();
        if (entry == nullptr) {
            complete_ = true;
            walk_.reset();
            return;
        }
        const auto id = process_number(entry->d_name);
        if (!id)
            continue; // of the system's own
        ++looked_at;
        look_at(*id, answers);
    }
}

void ProcessTable::look_at(pid_t id, std::vector<Answer>& answers) {
    const auto name = name_of_process(id);
    if (!name) {
        if (errno == EMFILE || errno == ENFILE)
            trouble_ = "/proc cannot be read: " + std::generic_category().message(errno);
        return; // else it has ended
    }
    seen_[*name].push_back(id);
    auto [next, end] = waiting_.equal_range(*name);
    while (next != end) {
        auto process = open_process(id);
        if (!process || process->name != *name)
            return;
        answers.emplace_back(next->second, std::move(process));
        next = waiting_.erase(next);
    }
}

/// Of those who want a later look, one follows.
void ProcessTable::give_up_on_missing(std::vector<Answer>& answers) {
    std::erase_if(waiting_, [&](const auto& entry) {
        const auto request = entry.second.lock();
        if (request && request->not_before > began_)
            return false;
        if (request)
            answers.emplace_back(
                request,
                Error{trouble_.empty() ? "no process is called \"" + request->name + "\"" : trouble_});
        return true;
    });
    if (!waiting_.empty())
        complete_ = false;
}

} // namespace baton::health
