// Where things stand in a configuration file: a line and a column for every JSON pointer.
//
// Plain values, kept after loading so that what only the kernel knows ("there is no interface eth9") can
// still be reported with its place. JSON pointers: RFC 6901.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace baton::config {

/// Both count from 1; the column counts characters (UTF-8 code points), a tab is one. 0:0 is no place at all.
struct Position {
    std::size_t line{0};
    std::size_t column{0};

    friend auto operator<=>(const Position&, const Position&) = default;
};

/// A value's first character, and that of its key. An element of a list has no key: both are the same.
struct Place {
    Position key;
    Position value;
};

/// A JSON pointer under construction: Pointer{} / "instances" / name / "addresses" / 0.
class Pointer {
public:
    Pointer() = default;

    [[nodiscard]] Pointer operator/(std::string_view token) const;
    [[nodiscard]] Pointer operator/(std::size_t index) const { return *this / std::to_string(index); }
    [[nodiscard]] const std::string& text() const { return text_; }

private:
    std::string text_;
};

/// The places of all values of one file. A tree, not a table of whole pointers: its size stays in proportion
/// to the file's, however long the keys are.
class Positions {
public:
    using NodeId = std::uint32_t;
    static constexpr NodeId root = 0;

    Positions() : places_(1) {}

    void set_root(Place place) { places_[root] = place; }
    /// Under a token the parent has already, the first stays the one that is found.
    NodeId add(NodeId parent, std::string token, Place place);
    [[nodiscard]] const Place* child(NodeId parent, std::string_view token) const;

    /// The place `pointer` names, or that of the nearest value around it: a missing key is reported where
    /// its object is.
    [[nodiscard]] const Place& find(std::string_view pointer) const;

private:
    std::vector<Place> places_;
    std::map<std::pair<NodeId, std::string>, NodeId> children_;
};

} // namespace baton::config
