#include "config/members.h"

#include "base/duration.h"

namespace baton::config {

std::string text(const Json& object, const char* key) {
    const auto* value = find(object, key);
    return value != nullptr && value->is_string() ? value->get<std::string>() : std::string{};
}

int number(const Json& object, const char* key) {
    const auto* value = find(object, key);
    return value != nullptr && value->is_number() ? static_cast<int>(value->get<double>()) : 0;
}

std::uint32_t large_number(const Json& object, const char* key) {
    const auto* value = find(object, key);
    return value != nullptr && value->is_number() ? static_cast<std::uint32_t>(value->get<double>()) : 0;
}

bool flag(const Json& object, const char* key) {
    const auto* value = find(object, key);
    return value != nullptr && value->is_boolean() && value->get<bool>();
}

Duration duration(const Json& object, const char* key) {
    const auto* value = find(object, key);
    return value != nullptr ? duration(*value) : Duration{};
}

Duration duration(const Json& value) {
    if (!value.is_string())
        return {};
    const auto parsed = parse_duration(value.get_ref<const std::string&>());
    return parsed ? *parsed : Duration{};
}

const Json& part(const Json& object, const char* key) {
    static const Json nothing = Json::object();
    const auto* value = find(object, key);
    return value != nullptr && value->is_structured() ? *value : nothing;
}

} // namespace baton::config
