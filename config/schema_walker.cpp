#include "config/schema_walker.h"

#include "base/nearest.h"

#include <algorithm>

namespace baton::config {
namespace {

std::vector<std::string> keys_of(const Json* object) {
    std::vector<std::string> keys;
    if (object != nullptr)
        for (const auto& [key, value] : object->items())
            keys.push_back(key);
    return keys;
}

/// The nearest of the strings in an `enum`, if the schema has one.
std::string nearest_word(const Json& schema, const Json& value) {
    const auto* words = find(schema, "enum");
    if (words == nullptr || !value.is_string())
        return "";
    std::vector<std::string> candidates;
    for (const auto& word : *words)
        if (word.is_string())
            candidates.push_back(word.get<std::string>());
    return nearest(value.get_ref<const std::string&>(), candidates);
}

bool has_one_of(const Json& object, const std::vector<std::string>& keys) {
    return std::any_of(keys.begin(), keys.end(),
                       [&](const std::string& key) { return find(object, key) != nullptr; });
}

/// A key that is there already is not what another one was meant to be.
std::vector<std::string> absent_from(const Json& object, std::vector<std::string> keys) {
    std::erase_if(keys, [&](const std::string& key) { return find(object, key) != nullptr; });
    return keys;
}

std::string also_given(const std::string& key) {
    return "; did you mean " + quote(key) + "? it is given here as well";
}

} // namespace

void SchemaWalker::check(const Json& schema, Json& value, const Pointer& at) {
    if (!fits(schema, value, at))
        value = nullptr;
}

const Json& SchemaWalker::resolve(const Json& schema) const {
    const auto* reference = find(schema, "$ref");
    if (reference == nullptr)
        return schema;
    // "#/$defs/name": what follows the number sign is a JSON pointer.
    return root_.at(Json::json_pointer(reference->get<std::string>().substr(1)));
}

std::string SchemaWalker::in_words(const Json& schema) const {
    const auto* branches = find(resolve(schema), "oneOf");
    if (branches == nullptr)
        return leaf_in_words(resolve(schema));
    Words words;
    for (const auto& branch : *branches) {
        auto word = in_words(branch);
        if (std::find(words.begin(), words.end(), word) == words.end())
            words.push_back(std::move(word));
    }
    return join(words, " or ");
}

bool SchemaWalker::fits(const Json& schema, Json& value, const Pointer& at) {
    if (find(schema, "$ref") != nullptr && !fits(resolve(schema), value, at))
        return false;
    if (find(schema, "oneOf") != nullptr)
        return one_of(schema, value, at);
    if (!leaf_fits(schema, value, patterns_)) {
        findings_.push_back(
            {.pointer = at.text(),
             .message = "must be " + in_words(schema) + ", not " + found_in_words(schema, value),
             .suggestion = nearest_word(schema, value)});
        return false;
    }
    if (const auto* range = find(schema, "x-duration"))
        return duration_fits(*range, value, at);
    if (value.is_object())
        check_members(schema, value, at);
    if (const auto* items = find(schema, "items"); items != nullptr && value.is_array())
        for (std::size_t i = 0; i < value.size(); ++i)
            check(*items, value[i], at / i);
    return true;
}

bool SchemaWalker::duration_fits(const Json& range, const Json& value, const Pointer& at) {
    auto fault = duration_fault(range, value.get_ref<const std::string&>());
    if (fault.empty())
        return true;
    findings_.push_back({.pointer = at.text(), .message = std::move(fault)});
    return false;
}

/// The keys that this one of the alternatives requires, and not all of them.
SchemaWalker::Words SchemaWalker::telling_keys(const Json& branches, const Json& branch) const {
    auto keys = resolve(branch).value("required", Words{});
    std::erase_if(keys, [&](const std::string& key) {
        return branches.size() > 1 && std::all_of(branches.begin(), branches.end(), [&](const Json& other) {
                   const auto required = resolve(other).value("required", Words{});
                   return std::find(required.begin(), required.end(), key) != required.end();
               });
    });
    return keys;
}

/// Whether none of the alternatives has anything inside.
bool SchemaWalker::all_plain(const Json& branches) const {
    return std::none_of(branches.begin(), branches.end(), [&](const Json& branch) {
        const auto type = resolve(branch).value("type", "");
        return type == "object" || type == "array";
    });
}

// Alternatives are told apart by type, and objects by a word under a key that all have ("type"), or by a key
// that they require and others do not. The value is then held against one alternative only, so that its
// errors speak of what was meant and not of all that it is not. Of plain ones all are told: who wrote "local"
// may have meant a number as well as "main".
bool SchemaWalker::one_of(const Json& schema, Json& value, const Pointer& at) {
    const auto& branches = schema.at("oneOf");
    if (value.is_object())
        if (const auto key = kind_key(branches); !key.empty())
            return one_of_kind(key, branches, value, at);
    std::vector<const Json*> fitting;
    for (const auto& branch : branches)
        if (type_fits(resolve(branch), value))
            fitting.push_back(&branch);
    if (fitting.size() > 1)
        std::erase_if(
            fitting, [&](const Json* branch) { return !has_one_of(value, telling_keys(branches, *branch)); });
    const bool told_together =
        all_plain(branches) && fitting.size() == 1 && !leaf_fits(resolve(*fitting.front()), value, patterns_);
    if (fitting.size() == 1 && !told_together)
        return fits(*fitting.front(), value, at);
    if (value.is_object())
        return refuse_object(branches, value, at);
    findings_.push_back(
        {.pointer = at.text(),
         .message = "must be " + in_words(schema) + ", not " + found_in_words(schema, value),
         .suggestion = told_together ? nearest_word(resolve(*fitting.front()), value) : std::string()});
    return false;
}

/// The words that say which alternative is meant, such as those of "type", one for each; none if `key` is no
/// such key.
Json SchemaWalker::kinds(const Json& branches, const std::string& key) const {
    Json words = Json::array();
    for (const auto& branch : branches) {
        const auto* properties = find(resolve(branch), "properties");
        const auto* property = properties == nullptr ? nullptr : find(*properties, key);
        const auto* own = property == nullptr ? nullptr : find(*property, "enum");
        if (own == nullptr || own->size() != 1)
            return Json::array();
        words.push_back(own->front());
    }
    return words;
}

/// The key that says it; empty if the alternatives have none.
std::string SchemaWalker::kind_key(const Json& branches) const {
    for (const auto& key : keys_of(find(resolve(branches.front()), "properties")))
        if (branches.size() > 1 && !kinds(branches, key).empty())
            return key;
    return {};
}

/// Held against the alternative that `key` says, and no other.
bool SchemaWalker::one_of_kind(const std::string& key, const Json& branches, Json& value, const Pointer& at) {
    const auto words = kinds(branches, key);
    const Json allowed{{"type", "string"}, {"enum", words}};
    const auto* kind = find(value, key);
    if (kind == nullptr) {
        findings_.push_back(
            {.pointer = at.text(), .message = quote(key) + " is missing; it must be " + in_words(allowed)});
        return false;
    }
    const auto meant = std::find(words.begin(), words.end(), *kind);
    if (meant != words.end())
        return fits(branches[static_cast<std::size_t>(meant - words.begin())], value, at);
    findings_.push_back(
        {.pointer = (at / key).text(),
         .message = "must be " + in_words(allowed) + ", not " + found_in_words(allowed, *kind),
         .suggestion = nearest_word(allowed, *kind)});
    return false;
}

bool SchemaWalker::refuse_object(const Json& branches, const Json& value, const Pointer& at) {
    Words known;
    Words telling;
    for (const auto& branch : branches) {
        for (const auto& key : keys_of(find(resolve(branch), "properties")))
            if (std::find(known.begin(), known.end(), key) == known.end())
                known.push_back(key);
        for (const auto& key : telling_keys(branches, branch))
            telling.push_back(quote(key));
    }
    const auto unused = absent_from(value, known);
    bool meant_one = false;
    for (const auto& [key, member] : value.items())
        if (std::find(known.begin(), known.end(), key) == known.end()) {
            const auto meant = refuse_key(key, known, unused, at);
            meant_one = meant_one || std::find(telling.begin(), telling.end(), quote(meant)) != telling.end();
        }
    if (!meant_one)
        findings_.push_back(
            {.pointer = at.text(), .message = "must have exactly one of the keys " + join(telling, " and ")});
    return false;
}

void SchemaWalker::check_members(const Json& schema, Json& object, const Pointer& at) {
    const auto* properties = find(schema, "properties");
    const auto* others = find(schema, "additionalProperties");
    const auto known = keys_of(properties);
    const auto unused = absent_from(object, known);
    Words meant;
    for (auto& [key, value] : object.get_ref<Json::object_t&>()) {
        if (const auto* property = properties == nullptr ? nullptr : find(*properties, key)) {
            check(*property, value, at / key);
        } else if (others != nullptr && others->is_object()) {
            check_name(schema, key, at / key);
            check(*others, value, at / key);
        } else if (others != nullptr) {
            const auto here = refuse_word_of_keepalived(schema, key, at);
            meant.push_back(here ? *here : refuse_key(key, known, unused, at));
        }
    }
    require(schema, object, meant, at);
    if (properties != nullptr)
        fill_in_defaults(*properties, object, at);
}

void SchemaWalker::check_name(const Json& schema, const std::string& name, const Pointer& at) {
    const auto* names = find(schema, "propertyNames");
    if (names != nullptr && !leaf_fits(resolve(*names), name, patterns_))
        findings_.push_back({.pointer = at.text(),
                             .message = "must be " + in_words(*names) + ", not " + quote(name),
                             .about = Finding::About::key});
}

/// The key that says the same here.
std::optional<std::string> SchemaWalker::refuse_word_of_keepalived(const Json& schema, const std::string& key,
                                                                   const Pointer& at) {
    const auto* words = find(schema, "x-keepalived");
    const auto* here = words == nullptr ? nullptr : find(*words, key);
    if (here == nullptr)
        return std::nullopt;
    findings_.push_back(
        {.pointer = (at / key).text(),
         .message = "unknown key " + quote(key) + ", a word of keepalived; here: " + here->dump(),
         .about = Finding::About::key});
    return here->begin().key();
}

/// The free key that was probably meant; empty if there is none. The nearest may be taken already: then it is
/// told as well, for one of the two is to go.
std::string SchemaWalker::refuse_key(const std::string& key, const Words& known, const Words& unused,
                                     const Pointer& at) {
    auto meant = nearest(key, unused);
    const auto given = meant.empty() ? nearest(key, known) : std::string();
    findings_.push_back({.pointer = (at / key).text(),
                         .message = "unknown key " + quote(key) + (given.empty() ? "" : also_given(given)),
                         .suggestion = meant,
                         .allowed = join(known),
                         .about = Finding::About::key});
    return meant;
}

/// A key that is there with a slip is not missing as well: one mistake, one error.
void SchemaWalker::require(const Json& schema, const Json& object, const Words& meant, const Pointer& at) {
    const auto* required = find(schema, "required");
    if (required == nullptr)
        return;
    for (const auto& entry : *required) {
        const auto& key = entry.get_ref<const std::string&>();
        if (find(object, key) == nullptr && std::find(meant.begin(), meant.end(), key) == meant.end())
            findings_.push_back({.pointer = at.text(),
                                 .message = quote(key) + " is missing; it must be " +
                                            in_words(schema.at("properties").at(key))});
    }
}

/// A default is checked like any value, and so gets the defaults of what is inside of it.
void SchemaWalker::fill_in_defaults(const Json& properties, Json& object, const Pointer& at) {
    for (const auto& [key, property] : properties.items())
        if (const auto* value = find(property, "default"); value != nullptr && find(object, key) == nullptr) {
            object[key] = *value;
            check(property, object[key], at / key);
        }
}

} // namespace baton::config
