// Bodies of auth/codex_login.hpp.
#pragma once

#include "ocx/auth/claims.hpp"
#include "ocx/auth/codex_login.hpp"
#include "ocx/util/json.hpp"
#include "ocx/util/rfc3339.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace ocx::auth::login_detail {

inline constexpr std::size_t max_login_bytes = 1 << 20;

OCX_DECL failure refuse(char const* code, std::string message)
{
    failure out(errc::unauthorized, std::move(message));
    out.code = code;
    return out;
}

/// Whether `text` can stand in a header field as it is. Anything else in a token is damage or an attack.
OCX_DECL bool is_field_value(std::string_view text)
{
    return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

OCX_DECL secret<std::string> secret_of(json::view value)
{
    return secret<std::string>(value.string_or(""));
}

/// The mode for messages: only words that the Codex CLI itself writes are repeated.
OCX_DECL std::string mode_name(std::string_view mode)
{
    for (std::string_view known :
         {"apikey", "chatgpt", "chatgptAuthTokens", "headers", "agentIdentity", "personalAccessToken", "bedrockApiKey"})
        if (mode == known)
            return "'" + std::string(known) + "'";
    return "one that is not known here";
}

/// The account by the order that other clients of the backend use: the file, the claim of either token, then the
/// places where older issuers put it.
OCX_DECL std::string account_of(json::view tokens, claims const& id, claims const& access)
{
    auto stored = tokens["account_id"].string_or("");
    std::string const* const candidates[] = {&stored,
                                             &id.account_id,
                                             &access.account_id,
                                             &id.top_level_account_id,
                                             &access.top_level_account_id,
                                             &id.organization_id,
                                             &access.organization_id};
    for (auto const* candidate : candidates)
        if (!candidate->empty() && is_field_value(*candidate))
            return *candidate;
    return {};
}

/// Why a file without tokens is of no use: what it holds instead.
OCX_DECL failure no_tokens(json::view file, std::string const& path)
{
    auto const mode = file["auth_mode"];
    if (mode.equals("agentIdentity") || file["agent_identity"].has_value())
        return refuse(code_wrong_mode,
                      "The Codex login in " + path +
                          " is an agent identity, which this server cannot use. Run `ocx login` or `codex login` "
                          "and sign in with ChatGPT.");
    if (mode.equals("bedrockApiKey") || file["bedrock_api_key"].has_value())
        return refuse(code_wrong_mode,
                      "The Codex login in " + path +
                          " is for Amazon Bedrock, which this server cannot use. Run `ocx login` or `codex login` "
                          "and sign in with ChatGPT.");
    if (mode.equals("apikey") || !file["OPENAI_API_KEY"].string_or("").empty())
        return refuse(code_wrong_mode, "The Codex login in " + path +
                                           " holds an API key only (auth_mode 'apikey'). This server needs a ChatGPT "
                                           "login: run `ocx login` or `codex login` and sign in with ChatGPT.");
    if (mode.has_value() && !mode.equals("chatgpt") && !mode.equals("chatgptAuthTokens"))
        return refuse(code_wrong_mode, "Expected auth_mode 'chatgpt' in " + path + ", found " +
                                           mode_name(mode.string_or("")) +
                                           ". Run `ocx login` or `codex login` and sign in with ChatGPT.");
    return refuse(code_no_tokens, "There are no ChatGPT tokens in " + path + ". Run `ocx login` or `codex login`.");
}

OCX_DECL outcome<codex_login> read_personal_token(json::view file, std::string const& path)
{
    return personal_login(secret_of(file["personal_access_token"]), path);
}

OCX_DECL outcome<codex_login> read_tokens(json::view file, std::string const& path)
{
    auto const tokens = file["tokens"];
    codex_login out;
    out.access_token = secret_of(tokens["access_token"]);
    out.refresh_token = secret_of(tokens["refresh_token"]);
    auto const id_token = secret_of(tokens["id_token"]);
    if (out.access_token.empty())
        return refuse(code_no_tokens,
                      "The access token in " + path + " is missing or empty. Run `ocx login` or `codex login`.");
    // Exposed to look at its characters: a token that cannot stand in a header field is never sent.
    if (!is_field_value(out.access_token.expose()))
        return refuse(code_no_tokens, "The access token in " + path +
                                          " contains characters that no token has. Run `ocx login` or `codex login`.");
    // Exposed to decode the payload; what is kept of it is no secret.
    auto const access = read_claims(out.access_token.expose()).value_or(claims());
    auto const id = read_claims(id_token.expose()).value_or(claims());
    out.expires = access.expires;
    out.account_id = account_of(tokens, id, access);
    out.plan = id.plan.empty() ? access.plan : id.plan;
    out.email = id.email.empty() ? access.email : id.email;
    out.fedramp = id.fedramp || access.fedramp;
    if (auto const date = file["last_refresh"].string())
        out.last_refresh = parse_rfc3339(*date);
    out.ignores_api_key = !file["OPENAI_API_KEY"].string_or("").empty();
    return out;
}

OCX_DECL file_stamp stamp_from(struct stat const& s)
{
    file_stamp out;
    out.modified_ns = static_cast<std::int64_t>(s.st_mtim.tv_sec) * 1'000'000'000 + s.st_mtim.tv_nsec;
    out.size = static_cast<std::int64_t>(s.st_size);
    out.inode = static_cast<std::uint64_t>(s.st_ino);
    out.device = static_cast<std::uint64_t>(s.st_dev);
    return out;
}

OCX_DECL failure open_failure(int error, std::string const& path)
{
    if (error == ENOENT || error == ENOTDIR)
        return refuse(code_missing,
                      "Codex auth file not found at " + path +
                          ". Log in with `ocx login` or `codex login`, or name another file with --auth-json. If you "
                          "are logged in, "
                          "the Codex CLI may keep the login in the keyring: set cli_auth_credentials_store = \"file\" "
                          "in its config.toml and log in again.");
    auto out = refuse(code_unreadable, "Codex auth file " + path + " cannot be read: " + std::strerror(error) + ".");
    out.reason = errc::io;
    return out;
}

/// Owns a file descriptor.
class descriptor {
public:
    explicit descriptor(int fd) : fd_(fd) {}
    descriptor(descriptor const&) = delete;
    descriptor& operator=(descriptor const&) = delete;
    ~descriptor()
    {
        if (fd_ >= 0)
            ::close(fd_);
    }
    [[nodiscard]] int get() const noexcept { return fd_; }

private:
    int fd_;
};

} // namespace ocx::auth::login_detail

namespace ocx::auth {

OCX_DECL outcome<codex_login> parse_login(std::string_view text, std::string const& path)
{
    if (auto const broken = json::validate(text))
        return login_detail::refuse(code_not_json, "Codex auth file " + path + " is not valid JSON (" + broken->what +
                                                       " at byte " + std::to_string(broken->offset) +
                                                       "). Run `ocx login` or `codex login`.");
    auto const file = json::view::trusted(text);
    if (!file.is_object())
        return login_detail::refuse(code_not_json,
                                    "Codex auth file " + path +
                                        " does not hold a JSON object. Run `ocx login` or `codex login`.");
    auto const mode = file["auth_mode"];
    if (mode.equals("personalAccessToken") || (!mode.has_value() && file["personal_access_token"].has_value()))
        return login_detail::read_personal_token(file, path);
    if (!file["tokens"].is_object())
        return login_detail::no_tokens(file, path);
    // A file may name the mode `apikey` and hold tokens as well; the tokens are what the backend takes.
    auto const is_ours =
        !mode.has_value() || mode.equals("chatgpt") || mode.equals("chatgptAuthTokens") || mode.equals("apikey");
    if (!is_ours)
        return login_detail::no_tokens(file, path);
    return login_detail::read_tokens(file, path);
}

OCX_DECL outcome<> check_usable(codex_login const& login, wall_time now)
{
    if (!has_ended(login, now) || !login.refresh_token.empty())
        return boost::system::in_place_value;
    return login_detail::refuse(code_expired, "The Codex login has expired and holds no refresh token. Run `ocx login` "
                                              "or `codex login`.");
}

OCX_DECL bool is_ending(codex_login const& login, wall_time now)
{
    constexpr std::int64_t margin = 5 * 60;
    constexpr std::int64_t long_ago = 8 * 24 * 3600;
    if (login.kind != login_kind::chatgpt)
        return false;
    if (login.expires)
        return *login.expires <= unix_seconds(now) + margin;
    return login.last_refresh && *login.last_refresh < unix_seconds(now) - long_ago;
}

OCX_DECL bool has_ended(codex_login const& login, wall_time now)
{
    return login.expires && *login.expires <= unix_seconds(now);
}

OCX_DECL outcome<codex_login> personal_login(secret<std::string> token, std::string const& origin)
{
    // Exposed to check its form: it goes into a header field, and the prefix tells it from a pasted API key.
    auto const& text = token.expose();
    if (!text.starts_with("at-") || !login_detail::is_field_value(text))
        return login_detail::refuse(code_no_tokens,
                                    "The personal access token in " + origin + " is not one: it must begin with at-.");
    codex_login out;
    out.kind = login_kind::personal_access_token;
    out.access_token = std::move(token);
    return out;
}

OCX_DECL std::optional<file_stamp> stamp_of(std::string const& path)
{
    struct stat s {};
    if (::stat(path.c_str(), &s) != 0)
        return std::nullopt;
    return login_detail::stamp_from(s);
}

OCX_DECL outcome<loaded_login> load_login(std::string const& path)
{
    secret<std::string> text; // as secret as the tokens in it; wiped when it has been read
    return load_login(path, text);
}

OCX_DECL outcome<loaded_login> load_login(std::string const& path, secret<std::string>& content)
{
    // Not blocking: the path may name a pipe, and nobody would ever answer.
    login_detail::descriptor const file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (file.get() < 0)
        return login_detail::open_failure(errno, path);
    struct stat s {};
    if (::fstat(file.get(), &s) != 0)
        return login_detail::open_failure(errno, path);
    if (S_ISDIR(s.st_mode))
        return login_detail::open_failure(EISDIR, path);
    if (!S_ISREG(s.st_mode) || static_cast<std::size_t>(s.st_size) > login_detail::max_login_bytes)
        return login_detail::refuse(code_unreadable, "Codex auth file " + path + " is not a login file.");

    std::string text(static_cast<std::size_t>(s.st_size) + 1, '\0');
    std::size_t filled = 0;
    for (;;) {
        if (filled == text.size())
            text.resize(text.size() * 2);
        auto const got = ::read(file.get(), text.data() + filled, text.size() - filled);
        if (got < 0)
            return login_detail::open_failure(errno, path);
        if (got == 0 || filled > login_detail::max_login_bytes)
            break;
        filled += static_cast<std::size_t>(got);
    }
    text.resize(filled);
    content = secret<std::string>(std::move(text));
    auto login = parse_login(content.expose(), path);
    if (!login)
        return login.error();
    loaded_login out;
    out.login = std::move(*login);
    out.stamp = login_detail::stamp_from(s);
    out.mode = static_cast<unsigned>(s.st_mode & 07777);
    return out;
}

} // namespace ocx::auth
