#include "config/read_command.h"

#include "config/members.h"

namespace baton::config {

std::vector<std::string> read_argv(const Json& json) {
    if (const auto line = text(json, "run"); !line.empty())
        return {"/bin/sh", "-c", line};
    std::vector<std::string> words;
    for (const auto& word : part(json, "run"))
        words.push_back(word.is_string() ? word.get<std::string>() : std::string{});
    return words;
}

} // namespace baton::config
