// Result<T, E>: a value, or the reason why there is none.
//
// What the network, the kernel, the operator or a child process can cause is an E. What only a programmer
// can cause is an assertion. std::expected is not there in g++ 12; boost::system::result is (decision 002).
#pragma once

#include <boost/system/result.hpp>
#include <string>
#include <utility>

namespace baton {

template <class T, class E>
using Result = boost::system::result<T, E>;

/// A refusal in words, for people: what is wrong, where, and what to do.
struct Error {
    std::string text;

    friend bool operator==(const Error&, const Error&) = default;
};

/// boost::system::result asks for this when value() is called on an error: a programmer's mistake.
[[noreturn]] inline void throw_exception_from_error(const Error& error, const boost::source_location& where) {
    boost::throw_with_location(std::runtime_error(error.text), where);
}

} // namespace baton
