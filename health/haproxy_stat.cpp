#include "health/haproxy_stat.h"

#include "health/csv.h"
#include "health/excerpt.h"
#include "health/number.h"

#include <algorithm>
#include <array>
#include <limits>

namespace baton::health {
namespace {

constexpr std::string_view heading = "# ";

using Fields = std::span<std::string>;
using Number = std::optional<std::uint64_t>;

constexpr std::size_t nowhere = std::numeric_limits<std::size_t>::max();

struct TextColumn {
    std::string_view name;
    std::string StatRow::*member;
    bool needed;
};

struct NumberColumn {
    std::string_view name;
    Number StatRow::*member;
};

constexpr std::string_view type_column = "type";

constexpr std::array<TextColumn, 6> text_columns{{{"pxname", &StatRow::proxy, true},
                                                  {"svname", &StatRow::server, true},
                                                  {"status", &StatRow::status, true},
                                                  {"check_status", &StatRow::check_status, false},
                                                  {"last_chk", &StatRow::last_check, false},
                                                  {"last_agt", &StatRow::last_agent, false}}};

constexpr std::array<NumberColumn, 7> number_columns{{{"weight", &StatRow::weight},
                                                      {"act", &StatRow::active},
                                                      {"bck", &StatRow::backup},
                                                      {"scur", &StatRow::sessions},
                                                      {"slim", &StatRow::session_limit},
                                                      {"qcur", &StatRow::queued},
                                                      {"qlimit", &StatRow::queue_limit}}};

/// Where the columns stand; nowhere: HAProxy has not got it.
struct Layout {
    std::size_t width{0};
    std::size_t type{nowhere};
    std::array<std::size_t, text_columns.size()> text{};
    std::array<std::size_t, number_columns.size()> number{};
};

std::size_t place_of(std::string_view name, Fields names) {
    const auto found = std::find(names.begin(), names.end(), name);
    return found == names.end() ? nowhere : static_cast<std::size_t>(found - names.begin());
}

Error lacks(std::string_view column) { return {"show stat has no column \"" + std::string(column) + "\""}; }

Result<Layout, Error> layout_of(Fields names) {
    Layout layout;
    layout.width = names.size();
    layout.type = place_of(type_column, names);
    if (layout.type == nowhere)
        return lacks(type_column);
    for (std::size_t i = 0; i < text_columns.size(); ++i) {
        layout.text[i] = place_of(text_columns[i].name, names);
        if (layout.text[i] == nowhere && text_columns[i].needed)
            return lacks(text_columns[i].name);
    }
    for (std::size_t i = 0; i < number_columns.size(); ++i) {
        layout.number[i] = place_of(number_columns[i].name, names);
        if (layout.number[i] == nowhere)
            return lacks(number_columns[i].name);
    }
    return layout;
}

Result<Number, Error> number_in(std::string_view column, std::string_view text) {
    if (text.empty())
        return Number{};
    const auto number = number_from(text);
    if (!number)
        return Error{"show stat: column " + std::string(column) + " is no number: " + excerpt(text)};
    return number;
}

Result<StatType, Error> type_in(const std::string& text) {
    if (text.size() != 1 || text[0] < '0' || text[0] > '3')
        return Error{"show stat: unknown type of line: " + excerpt(text)};
    return static_cast<StatType>(text[0] - '0');
}

Result<StatRow, Error> row_of(Fields fields, const Layout& layout) {
    if (fields.size() != layout.width)
        return Error{"show stat: a line has " + std::to_string(fields.size()) + " fields, not " +
                     std::to_string(layout.width)};
    StatRow row;
    const auto type = type_in(fields[layout.type]);
    if (!type)
        return type.error();
    row.type = *type;
    for (std::size_t i = 0; i < number_columns.size(); ++i) {
        const auto number = number_in(number_columns[i].name, fields[layout.number[i]]);
        if (!number)
            return number.error();
        row.*number_columns[i].member = *number;
    }
    for (std::size_t i = 0; i < text_columns.size(); ++i)
        if (layout.text[i] != nowhere)
            row.*text_columns[i].member = std::move(fields[layout.text[i]]);
    return row;
}

Result<HaproxyStat, Error> rows_of(CsvReader& reader, const Layout& layout) {
    HaproxyStat rows;
    while (!reader.at_end()) {
        if (rows.size() == max_stat_rows)
            return Error{"show stat: more than " + std::to_string(max_stat_rows) + " lines"};
        const auto fields = reader.next();
        if (!fields)
            return Error{"show stat: " + fields.error().text};
        auto row = row_of(*fields, layout);
        if (!row)
            return row.error();
        rows.push_back(*std::move(row));
    }
    return rows;
}

} // namespace

Result<HaproxyStat, Error> parse_haproxy_stat(std::string_view answer) {
    if (!answer.starts_with(heading))
        return Error{"this does not answer show stat: " + excerpt(first_line(answer))};
    if (!answer.ends_with("\n\n"))
        return Error{"the answer to show stat is cut off"};
    answer.remove_prefix(heading.size());
    answer.remove_suffix(1);
    CsvReader reader(answer);
    const auto names = reader.next();
    if (!names)
        return Error{"show stat: " + names.error().text};
    const auto layout = layout_of(*names);
    if (!layout)
        return layout.error();
    return rows_of(reader, *layout);
}

} // namespace baton::health
