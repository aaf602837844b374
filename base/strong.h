// A number with a meaning: two kinds of number never mix by accident.
//
// Strong<Tag, T> compares and prints like T and converts to nothing else. Arithmetic is left out on
// purpose; a type that needs some says so beside its own definition.
#pragma once

#include <compare>
#include <functional>

namespace baton {

template <class Tag, class T>
struct Strong {
    T value{};

    constexpr Strong() = default;
    constexpr explicit Strong(T v) : value(v) {}

    friend constexpr auto operator<=>(const Strong&, const Strong&) = default;
};

/// The kernel's number of an interface (netdevice(7)); 0 means none.
using IfIndex = Strong<struct IfIndexTag, unsigned>;

} // namespace baton

template <class Tag, class T>
struct std::hash<baton::Strong<Tag, T>> {
    std::size_t operator()(const baton::Strong<Tag, T>& s) const noexcept { return std::hash<T>{}(s.value); }
};
