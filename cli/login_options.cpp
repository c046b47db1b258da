#include "login_options.hpp"

#include <CLI/App.hpp>

#include <charconv>
#include <system_error>

namespace ocx::cli {

void add_login_options(CLI::App& app, command_info const& chosen, raw_login_options& raw)
{
    constexpr char const* group = "Login";
    if ((chosen.families & family::signing_in) != 0) {
        app.add_flag("--device", raw.uses_device, "show a code to enter in a browser on any machine")->group(group);
        app.add_flag("--no-browser", raw.stays_closed, "print the address of the page, do not open it")->group(group);
        app.add_option("--wait", raw.wait, "how long to wait; default 300, with --device 900")
            ->type_name("SECONDS")
            ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast)
            ->group(group);
    }
    if ((chosen.families & family::revoking) != 0)
        app.add_flag("--revoke", raw.revokes, "end the login at OpenAI even if another program made it")->group(group);
}

std::optional<std::string> read_login_options(raw_login_options const& raw, login_request& into)
{
    constexpr double a_day = 86400;
    into.uses_device = raw.uses_device;
    into.opens_browser = !raw.stays_closed;
    into.revokes = raw.revokes;
    if (raw.wait.empty())
        return std::nullopt;
    double seconds = 0;
    auto const [end, error] = std::from_chars(raw.wait.data(), raw.wait.data() + raw.wait.size(), seconds);
    auto const is_number = error == std::errc() && end == raw.wait.data() + raw.wait.size();
    if (!is_number || !(seconds > 0 && seconds <= a_day))
        return "--wait must be a number of seconds up to 86400";
    into.wait_seconds = seconds;
    return std::nullopt;
}

} // namespace ocx::cli
