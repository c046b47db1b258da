#include "options.hpp"

#include "login_options.hpp"

#include "ocx/config/keys.hpp"
#include "ocx/util/nearest.hpp"
#include "ocx/util/version.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>

namespace ocx::cli {
namespace {

constexpr char const* server_group = "Server";
constexpr char const* backend_group = "Codex backend";
constexpr char const* replay_group = "Recordings instead of the backend";
constexpr char const* daemon_group = "Background server";
constexpr char const* general_group = "General";

/// A mistake on the command line, with the sentence for it.
struct mistake {
    std::string sentence;
};

std::string default_text(std::string const& value)
{
    return value;
}
std::string default_text(std::int64_t value)
{
    return std::to_string(value);
}
std::string default_text(bool)
{
    return {};
}
std::string default_text(secret<std::string> const&)
{
    return {};
}
std::string default_text(double value)
{
    auto text = std::to_string(value);
    text.erase(text.find_last_not_of('0') + 1);
    return text.ends_with('.') ? text + "0" : text;
}

/// What argument parsing writes into.
struct raw_options {
    std::map<std::string, std::string, std::less<>> values; ///< by setting name
    std::map<std::string, bool, std::less<>> switches;      ///< the same for those without a value
    std::string config;
    std::string replay;
    std::string pace = "immediate";
    std::string slice = "0";
    bool demo = false;
    bool force = false;
    bool to_stdout = false;
    bool json = false;
    raw_login_options login;
};

/// The text with a line break where it would leave the terminal.
std::string folded(std::string_view text)
{
    static constexpr std::size_t width = 52;
    std::string out(text);
    if (auto const at = out.rfind(' ', width); out.size() > width && at != std::string::npos)
        out[at] = '\n';
    return out;
}

std::string described(config::key_info const& key, std::string text)
{
    if (key.name == config::keys::auth_json.name)
        text = "~/.codex/auth.json";
    auto out = folded(key.summary);
    if (key.name == config::keys::api_key.name)
        out += "; better set by its variable:\nother users can see the command line";
    if (key.name == config::keys::refresh.name)
        out = "do not renew the login: the Codex CLI does";
    out += "\nenv " + std::string(key.variable);
    auto const* const separator = text.size() > 20 ? ",\ndefault " : ", default ";
    return text.empty() ? out : out + separator + text;
}

CLI::Option* add_text(CLI::App& app, std::string const& flag, std::string& into, char const* type, std::string help)
{
    return app.add_option(flag, into, std::move(help))
        ->type_name(type)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
}

char const* group_of(config::key_info const& key)
{
    if (key.name == config::keys::verbose.name)
        return general_group;
    return key.name.starts_with("daemon.")  ? daemon_group
           : key.name.starts_with("codex.") ? backend_group
                                            : server_group;
}

void add_settings(CLI::App& app, command_info const& chosen, raw_options& raw)
{
    config::settings const defaults;
    config::for_each_key(defaults, [&](config::key_info const& key, auto const& value) {
        using value_type = std::remove_cvref_t<decltype(value)>;
        if ((family_of(key) & chosen.families) == 0)
            return;
        std::string const flag(key.flag);
        auto help = described(key, default_text(value));
        if constexpr (std::is_same_v<value_type, bool>) {
            app.add_flag(flag, raw.switches[std::string(key.name)], help)->group(group_of(key));
            return;
        }
        auto const* type = std::is_same_v<value_type, std::int64_t> ? "N"
                           : std::is_same_v<value_type, double>     ? "SECONDS"
                           : key.is_path                            ? "PATH"
                                                                    : "TEXT";
        auto* const option = add_text(app, flag, raw.values[std::string(key.name)], type, help)->group(group_of(key));
        if (key.is_list)
            option->multi_option_policy(CLI::MultiOptionPolicy::Join)->delimiter(',');
    });
}

void add_recordings(CLI::App& app, raw_options& raw)
{
    add_text(app, "--replay", raw.replay, "PATH", "answer from this cassette, or from those in this directory")
        ->group(replay_group);
    app.add_flag("--demo", raw.demo, "answer from the bundled cassettes; not with --replay")->group(replay_group);
    add_text(app, "--replay-pace", raw.pace, "PACE",
             "immediate, recorded, or a number that the recorded\ntimes are multiplied by; default immediate, with "
             "--demo recorded")
        ->group(replay_group);
    add_text(app, "--replay-slice", raw.slice, "N", "deliver N bytes at a time; default as recorded")
        ->group(replay_group);
}

/// What stands under the options: the commands, for those who do not know yet which one they want, and examples.
std::string footer_of(command_info const& chosen)
{
    std::string out;
    if (chosen.id == command::serve) {
        out = "Commands:\n";
        for (auto const& row : command_table())
            out.append("  ").append(row.words).append(35 - row.words.size(), ' ').append(row.summary).append("\n");
        out += "  COMMAND --help                     show the options of a command\n\n";
    }
    return out.append("Examples:\n").append(chosen.examples);
}

std::unique_ptr<CLI::App> make_app(command_info const& chosen, raw_options& raw)
{
    auto app = std::make_unique<CLI::App>(std::string(chosen.about));
    app->name(chosen.id == command::serve ? "ocx" : "ocx " + std::string(chosen.words));
    app->get_formatter()->column_width(36);
    app->set_help_flag("-h,--help", "print this and leave")->group(general_group);
    app->set_version_flag("--version", std::string("ocx ") + version, "print the version and leave")
        ->group(general_group);
    add_settings(*app, chosen, raw);
    add_text(*app, "--config", raw.config, "PATH",
             std::string("configuration file\nenv ") + config::config_variable +
                 ",\ndefault ~/.config/openai-api-server-via-codex/config.toml")
        ->group(general_group);
    if ((chosen.families & family::recordings) != 0)
        add_recordings(*app, raw);
    if ((chosen.families & family::json) != 0)
        app->add_flag("--json", raw.json, "write JSON, for programs")->group(general_group);
    if ((chosen.families & family::generate) != 0) {
        app->add_flag("--stdout", raw.to_stdout, "print the file instead of writing it")->group(general_group);
        app->add_flag("--force", raw.force, "write over an existing file")->group(general_group);
    }
    add_login_options(*app, chosen, raw.login);
    app->footer(footer_of(chosen));
    return app;
}

/// The option that was probably meant; empty: none is near.
std::string nearest_option(CLI::App const& app, std::string const& name)
{
    std::vector<std::string> known;
    for (auto const* option : app.get_options())
        if (!option->get_lnames().empty())
            known.push_back("--" + option->get_lnames().front());
    nearest_word nearest(name, 5);
    for (auto const& option : known)
        nearest.offer(option);
    return std::string(nearest.found());
}

/// Looks at the arguments before CLI11 does, which would repeat values in its messages: unknown options, options
/// without a value, stray words.
void check_shape(CLI::App const& app, std::vector<std::string>& arguments)
{
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        auto const argument = arguments[i];
        auto const name = argument.substr(0, argument.find('='));
        if (!name.starts_with('-') || name == "-" || name == "--")
            throw mistake{"there is one word too many behind the " + std::string(i == 0 ? "command" : "options")};
        auto const* option = app.get_option_no_throw(name);
        if (!option) {
            auto const nearest = nearest_option(app, name);
            throw mistake{"there is no option " + name + (nearest.empty() ? "" : "; did you mean " + nearest + "?")};
        }
        auto const takes_value = option->get_expected_max() > 0;
        if (!takes_value && argument != name)
            throw mistake{name + " takes no value"};
        if (takes_value && argument == name + "=") { // CLI11 would take the next word for the value
            arguments[i] = name;
            arguments.insert(arguments.begin() + static_cast<std::ptrdiff_t>(++i), std::string());
        } else if (takes_value && argument == name) {
            ++i;
            if (i == arguments.size() || arguments[i].starts_with("--"))
                throw mistake{name + " needs a value"};
        }
    }
}

double read_pace(std::string const& text)
{
    if (text == "immediate")
        return 0;
    if (text == "recorded")
        return 1;
    double value = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value) || value < 0 || value > 1000)
        throw mistake{"--replay-pace must be immediate, recorded or a number from 0 to 1000"};
    return value;
}

std::size_t read_slice(std::string const& text)
{
    std::size_t value = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size())
        throw mistake{"--replay-slice must be a whole number of bytes"};
    return value;
}

/// The settings that were given, checked one by one.
config::layer given_settings(CLI::App const& app, raw_options& raw)
{
    config::layer out;
    config::settings const defaults;
    config::for_each_key(defaults, [&](config::key_info const& key, auto const& value) {
        using value_type = std::remove_cvref_t<decltype(value)>;
        std::string const flag(key.flag);
        auto const* option = app.get_option_no_throw(flag);
        if (!option || option->count() == 0)
            return;
        config::raw_value given;
        auto& text = raw.values[std::string(key.name)];
        if constexpr (std::is_same_v<value_type, bool>)
            given = config::raw_value(!value, flag); // a switch is there to leave the default
        else if constexpr (std::is_same_v<value_type, secret<std::string>>)
            given = config::raw_value(secret<std::string>(std::move(text)), flag);
        else
            given = config::raw_value(std::move(text), flag);
        if (auto const checked = config::check(key.name, given); !checked)
            throw mistake{checked.error().message.substr(0, checked.error().message.size() - 1)};
        out.emplace(key.name, std::move(given));
    });
    return out;
}

void read_recordings(CLI::App const& app, raw_options& raw, cli_request& out)
{
    if (app.count("--replay") != 0 && raw.replay.empty())
        throw mistake{"--replay needs a path"};
    if (app.count("--replay") != 0 && raw.demo)
        throw mistake{"--demo and --replay exclude each other"};
    out.replay = raw.replay;
    out.demo = raw.demo;
    // A demonstration shows how streaming feels; recordings are mostly replayed to be tested.
    out.replay_pace = out.demo && app.count("--replay-pace") == 0 ? 1.0 : read_pace(raw.pace);
    out.replay_slice = read_slice(raw.slice);
    auto const plays = out.demo || !out.replay.empty();
    for (auto const* flag : {"--replay-pace", "--replay-slice"})
        if (!plays && app.count(flag) != 0)
            throw mistake{std::string(flag) + " needs --replay or --demo"};
}

cli_request make_request(CLI::App const& app, command_info const& chosen, raw_options& raw)
{
    cli_request out;
    out.command = chosen.id;
    out.flags = given_settings(app, raw);
    out.force = raw.force;
    out.to_stdout = raw.to_stdout;
    out.json = raw.json;
    if (app.count("--config") != 0) {
        if (raw.config.empty())
            throw mistake{"--config needs a path"};
        out.config_path = raw.config;
    }
    if ((chosen.families & family::recordings) != 0)
        read_recordings(app, raw, out);
    if (auto wrong = read_login_options(raw.login, out.login))
        throw mistake{std::move(*wrong)};
    return out;
}

cli_exit refuse(command_info const& chosen, std::string const& sentence)
{
    cli_exit out;
    out.status = 2;
    auto const words = chosen.id == command::serve ? std::string() : std::string(chosen.words) + " ";
    auto const* const what = chosen.id == command::serve ? "commands and options" : "options";
    out.err = "ocx: " + sentence + ".\nRun `ocx " + words + "--help` to see the " + what + ".\n";
    if (sentence.ends_with('?'))
        out.err.erase(out.err.find('\n') - 1, 1);
    return out;
}

cli_exit show(std::string text)
{
    cli_exit out;
    out.out = std::move(text);
    if (!out.out.ends_with('\n'))
        out.out += '\n';
    return out;
}

/// Takes the command's words from the front of the arguments. Without one it is the first command of the table.
command_info const& take_command(std::vector<std::string>& arguments)
{
    auto const& fallback = command_table().front();
    if (arguments.empty() || arguments.front().starts_with('-'))
        return fallback;
    if (arguments.front() == "help") {
        arguments.erase(arguments.begin());
        arguments.emplace_back("--help");
        return take_command(arguments);
    }
    auto const second = arguments.size() > 1 && !arguments[1].starts_with('-') ? " " + arguments[1] : std::string();
    for (auto const& words : {arguments.front() + second, arguments.front()})
        for (auto const& row : command_table())
            if (row.words == words) {
                arguments.erase(arguments.begin(),
                                arguments.begin() + 1 + std::count(row.words.begin(), row.words.end(), ' '));
                return row;
            }
    nearest_word nearest(arguments.front());
    for (auto const& row : command_table())
        nearest.offer(row.words);
    throw mistake{"there is no such command" +
                  (nearest.found().empty() ? "" : "; did you mean " + std::string(nearest.found()) + "?")};
}

} // namespace

std::variant<cli_request, cli_exit> parse_options(std::vector<std::string> arguments)
{
    auto const* chosen = &command_table().front();
    raw_options raw;
    try {
        chosen = &take_command(arguments);
        auto const app = make_app(*chosen, raw);
        check_shape(*app, arguments);
        std::reverse(arguments.begin(), arguments.end()); // CLI11 takes them from the back
        try {
            app->parse(std::move(arguments));
        } catch (CLI::CallForHelp const&) {
            return show(app->help());
        }
        return make_request(*app, *chosen, raw);
    } catch (CLI::CallForVersion const& version_text) {
        return show(version_text.what());
    } catch (CLI::ParseError const& other) {
        return refuse(*chosen, other.what());
    } catch (mistake const& m) {
        return refuse(*chosen, m.sentence);
    }
}

} // namespace ocx::cli
