#include "config/schema_leaf.h"

#include "base/duration.h"

#include <algorithm>
#include <cmath>

namespace baton::config {
namespace {

constexpr std::size_t longest_match = 256;

bool is_whole(const Json& value) {
    if (!value.is_number_float())
        return value.is_number_integer();
    const auto number = value.get<double>();
    return std::trunc(number) == number && std::abs(number) < 9e15;
}

/// `limit` names a keyword; absent, it holds.
template <class Holds>
bool holds(const Json& schema, std::string_view limit, Holds condition) {
    const auto* bound = find(schema, limit);
    return bound == nullptr || condition(*bound);
}

bool number_fits(const Json& schema, const Json& value) {
    return holds(schema, "minimum", [&](const Json& least) { return value >= least; }) &&
           holds(schema, "maximum", [&](const Json& most) { return value <= most; });
}

bool string_fits(const Json& schema, const std::string& text, Patterns& patterns) {
    return holds(schema, "minLength", [&](const Json& least) { return text.size() >= least; }) &&
           holds(schema, "maxLength", [&](const Json& most) { return text.size() <= most; }) &&
           holds(schema, "pattern",
                 [&](const Json& pattern) { return patterns.matches(pattern.get<std::string>(), text); });
}

bool list_fits(const Json& schema, std::size_t size) {
    return holds(schema, "minItems", [&](const Json& least) { return size >= least; }) &&
           holds(schema, "maxItems", [&](const Json& most) { return size <= most; });
}

/// " from 1 to 255", or nothing.
std::string range_in_words(const Json& schema) {
    const auto* low = find(schema, "minimum");
    const auto* high = find(schema, "maximum");
    return low == nullptr || high == nullptr ? "" : " from " + low->dump() + " to " + high->dump();
}

std::string list_in_words(const Json& schema) {
    const auto* low = find(schema, "minItems");
    const auto* high = find(schema, "maxItems");
    if (low == nullptr)
        return high == nullptr ? "a list" : "a list of at most " + entries(high->get<std::size_t>());
    if (high == nullptr)
        return "a list with at least " + entries(low->get<std::size_t>());
    return "a list of " + low->dump() + " to " + entries(high->get<std::size_t>());
}

std::string object_in_words(const Json& schema) {
    const auto* low = find(schema, "minProperties");
    return low == nullptr ? "an object" : "an object with at least " + entries(low->get<std::size_t>());
}

std::string string_in_words(const Json& schema) {
    const auto* low = find(schema, "minLength");
    const auto* high = find(schema, "maxLength");
    if (low != nullptr && high != nullptr)
        return "a string of " + low->dump() + " to " + high->dump() + " octets";
    return low == nullptr ? "a string" : "a string of " + low->dump() + " or more characters";
}

std::string one_of_words(const Json& words) {
    std::vector<std::string> quoted;
    for (const auto& word : words)
        quoted.push_back(show(word));
    return quoted.size() == 1 ? quoted.front() : "one of " + join(quoted, " or ");
}

/// " in steps of 10ms, or 0s for never": what else `x-duration` says.
std::string step_and_zero(const Json& range) {
    const auto* step = find(range, "step");
    const auto* zero = find(range, "zero");
    return (step == nullptr ? "" : " in steps of " + step->get<std::string>()) +
           (zero == nullptr ? "" : ", or 0s for " + zero->get<std::string>());
}

} // namespace

bool Patterns::matches(const std::string& pattern, const std::string& text) {
    if (text.size() > longest_match)
        return false;
    auto known = compiled_.find(pattern);
    if (known == compiled_.end())
        known = compiled_.emplace(pattern, std::regex(pattern)).first;
    return std::regex_search(text, known->second);
}

bool type_fits(const Json& schema, const Json& value) {
    const auto* type = find(schema, "type");
    if (type == nullptr)
        return true;
    return (*type == "object" && value.is_object()) || (*type == "array" && value.is_array()) ||
           (*type == "string" && value.is_string()) || (*type == "boolean" && value.is_boolean()) ||
           (*type == "integer" && is_whole(value));
}

bool leaf_fits(const Json& schema, const Json& value, Patterns& patterns) {
    if (!type_fits(schema, value))
        return false;
    const auto* words = find(schema, "enum");
    if (words != nullptr && std::find(words->begin(), words->end(), value) == words->end())
        return false;
    if (value.is_number())
        return number_fits(schema, value);
    if (value.is_string())
        return string_fits(schema, value.get_ref<const std::string&>(), patterns);
    if (value.is_array())
        return list_fits(schema, value.size());
    return holds(schema, "minProperties", [&](const Json& least) { return value.size() >= least; });
}

std::string leaf_in_words(const Json& schema) {
    if (const auto* words = find(schema, "patternErrorMessage"))
        return words->get<std::string>();
    if (const auto* words = find(schema, "enum"))
        return one_of_words(*words);
    const auto type = schema.value("type", "value");
    if (type == "object")
        return object_in_words(schema);
    if (type == "array")
        return list_in_words(schema);
    if (type == "integer")
        return "a whole number" + range_in_words(schema);
    return type == "boolean" ? "true or false" : string_in_words(schema);
}

std::string found_in_words(const Json& schema, const Json& value) {
    if (find(schema, "writeOnly") == nullptr)
        return show(value);
    if (find(schema, "type") != nullptr && type_fits(schema, value) && value.is_string())
        return "one of " + std::to_string(value.get_ref<const std::string&>().size());
    return value.is_string() ? "a string" : "a value of another kind";
}

std::string duration_fault(const Json& range, const std::string& text) {
    const auto duration = parse_duration(text);
    if (!duration)
        return duration.error().text;
    const auto bound = [&](const char* name) {
        return parse_duration(range.at(name).get<std::string>()).value();
    };
    const auto* step = find(range, "step");
    if (*duration == Duration::zero() && find(range, "zero") != nullptr)
        return "";
    if (*duration >= bound("minimum") && *duration <= bound("maximum") &&
        (step == nullptr || duration->count() % bound("step").count() == 0))
        return "";
    return "must be a duration from " + range.at("minimum").get<std::string>() + " to " +
           range.at("maximum").get<std::string>() + step_and_zero(range) + ", not " + quote(text);
}

} // namespace baton::config
