// One walk of a schema and a value side by side; see schema.h. Goes as deep as the schema does, not as deep
// as the value: what the schema does not know is refused without a look inside.
#pragma once

#include "config/problem.h"
#include "config/schema_leaf.h"

#include <optional>

namespace baton::config {

class SchemaWalker {
public:
    SchemaWalker(const Json& root, Findings& findings) : root_(root), findings_(findings) {}

    /// Sets `value` to null if it is refused as a whole; refused parts of it become null by themselves.
    void check(const Json& schema, Json& value, const Pointer& at);

private:
    using Words = std::vector<std::string>;

    [[nodiscard]] const Json& resolve(const Json& schema) const;
    [[nodiscard]] std::string in_words(const Json& schema) const;

    bool fits(const Json& schema, Json& value, const Pointer& at);
    bool duration_fits(const Json& range, const Json& value, const Pointer& at);
    [[nodiscard]] bool all_plain(const Json& branches) const;
    bool one_of(const Json& schema, Json& value, const Pointer& at);
    [[nodiscard]] Words telling_keys(const Json& branches, const Json& branch) const;
    [[nodiscard]] Json kinds(const Json& branches, const std::string& key) const;
    [[nodiscard]] std::string kind_key(const Json& branches) const;
    bool one_of_kind(const std::string& key, const Json& branches, Json& value, const Pointer& at);
    bool refuse_object(const Json& branches, const Json& value, const Pointer& at);
    void check_members(const Json& schema, Json& object, const Pointer& at);
    void check_name(const Json& schema, const std::string& name, const Pointer& at);
    void require(const Json& schema, const Json& object, const Words& meant, const Pointer& at);
    void fill_in_defaults(const Json& properties, Json& object, const Pointer& at);
    std::optional<std::string> refuse_word_of_keepalived(const Json& schema, const std::string& key,
                                                         const Pointer& at);
    std::string refuse_key(const std::string& key, const Words& known, const Words& unused,
                           const Pointer& at);

    const Json& root_;
    Findings& findings_;
    Patterns patterns_;
};

} // namespace baton::config
