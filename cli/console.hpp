// What the program says on standard error: lines in the manner of the original's server log, or one JSON object a line.
// There is one standard error, so there is one set of options for it, and they can change while the program runs.
#pragma once

#include "ocx/util/clock.hpp"
#include "ocx/util/logger.hpp"
#include "ocx/util/request_record.hpp"

#include <string>
#include <string_view>

namespace ocx::cli {

enum class log_format : unsigned char { human, json };

/// `json` or anything else, which is human: the setting has been checked before.
[[nodiscard]] log_format log_format_of(std::string_view name);

/// For all loggers and lines from now on.
void set_log_format(log_format format);
void set_verbose(bool is_verbose);

/// Writes `INFO:     text`. Verbose adds debug lines. All of them share the level, which set_verbose() changes.
[[nodiscard]] logger console_logger(bool is_verbose);

/// The same prefix for a line that is always written.
void say(std::string const& text);

/// Writes a line for whoever starts the server, as it is, to standard output; in JSON it is a line of the log, so that
/// a log file holds nothing else.
void greet(std::string const& text);

/// One line of the log for each request. It must not be destroyed before the server.
class request_logger final : public request_observer {
public:
    [[nodiscard]] time_point now() const override;
    void on_request_end(request_record const& record) noexcept override;
};

/// One line of JSON: time, level and what `members` says (without braces).
[[nodiscard]] std::string json_line(wall_time when, log_level level, std::string_view members);

} // namespace ocx::cli
