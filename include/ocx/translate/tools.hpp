// The tools of a request in the backend's flat shape. Takes the Chat Completions (nested), the Responses (flat) and the
// legacy `functions` spelling; refuses hosted tools that a Codex login does not have. tool_choice.hpp builds on it.
#pragma once

#include "ocx/translate/plan.hpp"
#include "ocx/translate/request_fields.hpp"
#include "ocx/translate/short_names.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace ocx::translate {

/// One tool that the request declared. `name` is the client's, empty for hosted tools.
struct declared_tool {
    std::string type;
    std::string name;
    std::string json;       ///< what is sent for it
    bool is_allowed = true; ///< tool_choice may leave only some of them to the model
};

struct tool_set {
    std::vector<declared_tool> declared;
    std::string echo; ///< the elements as the client should see them in a response object, without brackets

    /// Elements of the upstream array, without brackets: the allowed ones; empty: no tools.
    [[nodiscard]] OCX_DECL std::string sent() const;

    [[nodiscard]] OCX_DECL bool has(std::string_view type, std::string_view name) const;
    [[nodiscard]] OCX_DECL bool has_type(std::string_view type) const;
};

/// Reads the list `tools` and appends it to `set`. `path` is "tools".
OCX_DECL void read_tools(json::view tools, std::string const& path, tool_set& set, tool_name_map& names,
                         request_report& report);

/// The deprecated `functions` list: each element is what `function` holds in a tool.
OCX_DECL void read_legacy_functions(json::view functions, tool_set& set, tool_name_map& names, request_report& report);

/// Any spelling of the hosted search tool: web_search_preview and the dated variants are refused upstream, plain
/// web_search is the same tool.
[[nodiscard]] inline bool is_web_search(std::string_view type)
{
    return type == "web_search" || type.substr(0, 11) == "web_search_";
}

/// chat's web_search_options as the hosted tool {type:web_search, ...}.
OCX_DECL void add_web_search(json::view options, tool_set& set, request_report& report);

/// A schema for a function without usable `parameters`: absent, null or without properties is refused upstream
/// ("object schema missing properties"), so those get an empty object; everything else is spliced as it is.
[[nodiscard]] OCX_DECL std::string parameters_schema(json::view parameters);

/// A checked schema with `"items":{}` in each array that has none, which the backend refuses; all other bytes stay.
[[nodiscard]] OCX_DECL std::string with_array_items(std::string schema);

} // namespace ocx::translate

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/translate/impl/tools.ipp"
#endif
