#include "config/schema.h"

#include "config/schema_walker.h"

#include <algorithm>
#include <array>

namespace baton::config {
namespace {

constexpr std::array<std::string_view, 29> known_keywords{"$schema",
                                                          "$defs",
                                                          "$ref",
                                                          "title",
                                                          "description",
                                                          "default",
                                                          "examples",
                                                          "type",
                                                          "properties",
                                                          "propertyNames",
                                                          "additionalProperties",
                                                          "required",
                                                          "items",
                                                          "oneOf",
                                                          "enum",
                                                          "minimum",
                                                          "maximum",
                                                          "pattern",
                                                          "minItems",
                                                          "maxItems",
                                                          "minLength",
                                                          "maxLength",
                                                          "minProperties",
                                                          "writeOnly",
                                                          "patternErrorMessage",
                                                          "x-duration",
                                                          "x-range",
                                                          "x-default",
                                                          "x-keepalived"};

void collect_unknown(const Json& schema, const Pointer& at, std::vector<std::string>& unknown);

/// The sub-schemas under one keyword.
void collect_below(const std::string& keyword, const Json& value, const Pointer& at,
                   std::vector<std::string>& unknown) {
    if (keyword == "properties" || keyword == "$defs") {
        for (const auto& [name, schema] : value.items())
            collect_unknown(schema, at / name, unknown);
    } else if (keyword == "oneOf") {
        for (std::size_t i = 0; i < value.size(); ++i)
            collect_unknown(value[i], at / i, unknown);
    } else if (keyword == "items" || keyword == "propertyNames" ||
               (keyword == "additionalProperties" && !value.is_boolean())) {
        collect_unknown(value, at, unknown);
    }
}

void collect_unknown(const Json& schema, const Pointer& at, std::vector<std::string>& unknown) {
    for (const auto& [keyword, value] : schema.items()) {
        if (std::find(known_keywords.begin(), known_keywords.end(), keyword) == known_keywords.end())
            unknown.push_back((at / keyword).text());
        else
            collect_below(keyword, value, at / keyword, unknown);
    }
}

} // namespace

Findings Schema::apply(Json& value) const {
    Findings findings;
    SchemaWalker(root_, findings).check(root_, value, Pointer{});
    return findings;
}

std::vector<std::string> Schema::unknown_keywords() const {
    std::vector<std::string> unknown;
    collect_unknown(root_, Pointer{}, unknown);
    return unknown;
}

} // namespace baton::config
