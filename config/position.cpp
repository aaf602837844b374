#include "config/position.h"

#include <algorithm>

namespace baton::config {
namespace {

std::string unescape(std::string_view token) {
    std::string plain;
    for (std::size_t i = 0; i < token.size(); ++i) {
        if (token[i] == '~' && i + 1 < token.size())
            plain += token[++i] == '1' ? '/' : '~';
        else
            plain += token[i];
    }
    return plain;
}

} // namespace

Pointer Pointer::operator/(std::string_view token) const {
    Pointer longer = *this;
    longer.text_ += '/';
    for (const char c : token) {
        if (c == '~')
            longer.text_ += "~0";
        else if (c == '/')
            longer.text_ += "~1";
        else
            longer.text_ += c;
    }
    return longer;
}

Positions::NodeId Positions::add(NodeId parent, std::string token, Place place) {
    const auto id = static_cast<NodeId>(places_.size());
    places_.push_back(place);
    children_.try_emplace({parent, std::move(token)}, id);
    return id;
}

const Place* Positions::child(NodeId parent, std::string_view token) const {
    const auto found = children_.find({parent, std::string(token)});
    return found == children_.end() ? nullptr : &places_[found->second];
}

const Place& Positions::find(std::string_view pointer) const {
    NodeId node = root;
    while (!pointer.empty()) {
        pointer.remove_prefix(1); // the slash
        const auto end = std::min(pointer.find('/'), pointer.size());
        const auto found = children_.find({node, unescape(pointer.substr(0, end))});
        if (found == children_.end())
            break;
        node = found->second;
        pointer.remove_prefix(end);
    }
    return places_[node];
}

} // namespace baton::config
