#include "config/document.h"

#include "config/cursor.h"
#include "config/syntax.h"

#include <deque>

namespace baton::config {
namespace {

/// What nlohmann's parser tells while it reads. It does not say where it is, so a cursor walks beside it, one
/// token for each call. A key given twice keeps its first value; nlohmann alone would take the last in
/// silence.
class Reader final : public nlohmann::json_sax<Json> {
public:
    Reader(std::string_view text, Document& document) : cursor_(text), document_(document) {}

    bool null() override { return scalar(nullptr); }
    bool boolean(bool value) override { return scalar(value); }
    bool number_integer(number_integer_t value) override { return scalar(value); }
    bool number_unsigned(number_unsigned_t value) override { return scalar(value); }
    bool number_float(number_float_t value, const string_t&) override { return scalar(value); }
    bool string(string_t& value) override { return scalar(std::move(value)); }
    bool binary(binary_t&) override { return false; } // JSON text has no such thing
    bool start_object(std::size_t) override { return open(Json::object(), After::open_object); }
    bool start_array(std::size_t) override { return open(Json::array(), After::open_list); }
    bool end_object() override { return close(); }
    bool end_array() override { return close(); }
    bool key(string_t& name) override;
    bool parse_error(std::size_t bytes_read, const std::string&, const nlohmann::detail::exception&) override;

private:
    /// A list or object whose end has not been read.
    struct Open {
        Json* value;
        Positions::NodeId node;
        Position at;
        std::string token; ///< its key or index; the root has none
    };
    struct Key {
        std::string name;
        Position at;
        bool repeated{false};
    };

    bool scalar(Json value);
    bool open(Json empty, After after);
    bool close();
    Open place(Json value);
    Open place_member(const Open& parent, Json value, Position at);
    Open place_element(const Open& parent, Json value, Position at);
    void value_ends();
    [[nodiscard]] Pointer pointer() const;

    Cursor cursor_;
    Document& document_;
    After after_{After::nothing};
    std::vector<Open> open_;
    Key key_;
    std::deque<Json> repeated_; // values of repeated keys: read for their own faults, then forgotten
};

bool Reader::key(string_t& name) {
    const auto& object = open_.back();
    cursor_.skip_separators();
    const auto* first = document_.positions.child(object.node, name);
    key_ = {name, cursor_.position(), first != nullptr};
    if (first != nullptr)
        document_.findings.push_back({.pointer = (pointer() / name).text(),
                                      .message = "the key " + quote(name) +
                                                 " stands here for the second time" +
                                                 "; the first is in line " + std::to_string(first->key.line),
                                      .at = key_.at});
    cursor_.skip_token();
    after_ = After::key;
    return true;
}

bool Reader::scalar(Json value) {
    place(std::move(value));
    cursor_.skip_token();
    value_ends();
    return true;
}

bool Reader::open(Json empty, After after) {
    auto opened = place(std::move(empty));
    if (open_.size() == deepest_nesting) {
        document_.findings.push_back(
            {.pointer = pointer().text(),
             .message = "nested deeper than " + std::to_string(deepest_nesting) + " levels",
             .at = opened.at});
        return false;
    }
    open_.push_back(std::move(opened));
    cursor_.skip_token();
    after_ = after;
    return true;
}

bool Reader::close() {
    cursor_.skip_separators();
    cursor_.skip_token();
    open_.pop_back();
    value_ends();
    return true;
}

void Reader::value_ends() {
    if (open_.empty())
        after_ = After::document;
    else
        after_ = open_.back().value->is_object() ? After::member : After::element;
}

/// Of the innermost open list or object. Made when it is asked for: a key may be long, and its list too.
Pointer Reader::pointer() const {
    Pointer path;
    for (std::size_t i = 1; i < open_.size(); ++i)
        path = path / open_[i].token;
    return path;
}

Reader::Open Reader::place(Json value) {
    cursor_.skip_separators();
    const auto at = cursor_.position();
    if (!open_.empty())
        return open_.back().value->is_object() ? place_member(open_.back(), std::move(value), at)
                                               : place_element(open_.back(), std::move(value), at);
    document_.value = std::move(value);
    document_.positions.set_root({at, at});
    return {&document_.value, Positions::root, at, ""};
}

Reader::Open Reader::place_member(const Open& parent, Json value, Position at) {
    const auto node = document_.positions.add(parent.node, key_.name, {key_.at, at});
    Json* placed = nullptr;
    if (key_.repeated) {
        placed = &repeated_.emplace_back(std::move(value));
    } else {
        // Straight to the end: the map's own way looks through all keys again for each one.
        auto& members = parent.value->get_ref<Json::object_t&>();
        placed = &members.emplace_back(key_.name, std::move(value)).second;
    }
    return {placed, node, at, key_.name};
}

Reader::Open Reader::place_element(const Open& parent, Json value, Position at) {
    const auto index = std::to_string(parent.value->size());
    const auto node = document_.positions.add(parent.node, index, {at, at});
    parent.value->push_back(std::move(value));
    return {&parent.value->back(), node, at, index};
}

bool Reader::parse_error(std::size_t bytes_read, const std::string&, const nlohmann::detail::exception&) {
    auto finding = describe_syntax_error(cursor_, after_, bytes_read == 0 ? 0 : bytes_read - 1);
    if (!open_.empty()) {
        finding.pointer = pointer().text();
        if (finding.at == end_of(cursor_))
            finding.message += "; the " + std::string(open_.back().value->is_object() ? "{" : "[") +
                               " of line " + std::to_string(open_.back().at.line) + " is not closed";
    }
    document_.findings.push_back(std::move(finding));
    return false;
}

} // namespace

Document parse_document(std::string_view text) {
    Document document;
    // nlohmann takes a NUL for the end of the text; what follows would be ignored in silence.
    if (const auto nul = text.find('\0'); nul != std::string_view::npos) {
        Cursor cursor(text.substr(0, nul));
        document.findings.push_back(
            {.pointer = "", .message = "a NUL byte; this is not a text file", .at = end_of(cursor)});
        return document;
    }
    Reader reader(text, document);
    constexpr bool strict = true;
    constexpr bool ignore_comments = true;
    document.complete = Json::sax_parse(text.begin(), text.end(), &reader, Json::input_format_t::json, strict,
                                        ignore_comments);
    return document;
}

} // namespace baton::config
