// One element of the upstream `input` list while a request is translated. A call id stays apart from the rest of its
// item until calls and outputs are paired. Made by items.hpp and messages.hpp, joined by pairing.hpp.
#pragma once

#include <string>
#include <vector>

namespace ocx::translate {

struct input_item {
    /// plain: the whole object is in `json`. call and output: `json` is what follows the call_id member, either
    /// empty or starting with a comma, without the closing brace.
    enum class role { plain, call, output };

    input_item() = default;

    role kind = role::plain;
    bool is_user = false;     ///< a user message
    bool is_system = false;   ///< a system message, which goes upstream as developer's
    bool is_ours = false;     ///< a stand-in for what the client left out
    std::string type;         ///< of calls and outputs
    std::string call_id;      ///< decoded, as the client wrote it
    std::string reasoning_id; ///< of reasoning that names one, still escaped
    std::string json;
    std::string origin; ///< where the client wrote it, for error messages: "messages[2]"
};

using input_list = std::vector<input_item>;

} // namespace ocx::translate
