#include "config_commands.hpp"

#include "ocx/config/template.hpp"
#include "ocx/util/json.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace ocx::cli {

namespace {

namespace fs = std::filesystem;

int complain(std::string const& sentence)
{
    std::fprintf(stderr, "%s\n", sentence.c_str());
    return 1;
}

/// Written beside the target and moved over it: nobody ever reads half a file. Readable by the owner only, as it is
/// the place for a key.
bool write_private(std::string const& path, std::string_view text)
{
    auto const temporary = path + ".tmp";
    ::unlink(temporary.c_str()); // left behind by one that died
    auto const fd = ::open(temporary.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    if (fd < 0)
        return false;
    bool is_written = true;
    while (is_written && !text.empty()) {
        auto const n = ::write(fd, text.data(), text.size());
        is_written = n > 0 || (n < 0 && errno == EINTR);
        text.remove_prefix(n > 0 ? static_cast<std::size_t>(n) : 0);
    }
    is_written = ::fsync(fd) == 0 && is_written;
    is_written = ::close(fd) == 0 && is_written;
    if (is_written && std::rename(temporary.c_str(), path.c_str()) == 0)
        return true;
    auto const why = errno;
    ::unlink(temporary.c_str());
    errno = why;
    return false;
}

char const* source_name(config::value_source source)
{
    switch (source) {
    case config::value_source::builtin:
        return "default";
    case config::value_source::file:
        return "file";
    case config::value_source::variable:
        return "environment";
    case config::value_source::flag:
        return "flag";
    }
    return "";
}

void show_as_json(loaded_settings const& settings, bool is_present)
{
    std::string out = "{\"config_file\":" + json::quoted(settings.file.path) +
                      ",\"config_file_exists\":" + (is_present ? "true" : "false") + ",\"settings\":[";
    char const* separator = "";
    for (auto const& entry : settings.origins) {
        out.append(separator)
            .append("{\"name\":" + json::quoted(entry.name))
            .append(",\"value\":" + json::quoted(entry.shown))
            .append(",\"source\":" + json::quoted(source_name(entry.source)))
            .append(",\"origin\":" + json::quoted(entry.origin) + "}");
        separator = ",";
    }
    std::printf("%s]}\n", out.c_str());
}

} // namespace

int config_generate(cli_request const& request)
{
    auto const environment = process_environment();
    auto const text = config::default_file(environment);
    if (!text)
        return complain(text.error().message);
    if (request.to_stdout) {
        std::fputs(text->c_str(), stdout);
        return 0;
    }
    auto const file = config::find_config_file(request.config_path, environment);
    if (!file)
        return complain(file.error().message);
    std::error_code error;
    auto const path = fs::weakly_canonical(fs::absolute(file->path, error), error).string();
    if (error)
        return complain("The path " + file->path + " cannot be used: " + error.message() + ".");
    if (!request.force && fs::exists(fs::symlink_status(path, error)))
        return complain("Config already exists: " + path + ". Use --force to overwrite.");
    auto const before = ::umask(077); // directories made on the way are the owner's only
    fs::create_directories(fs::path(path).parent_path(), error);
    ::umask(before);
    if (error)
        return complain("The directory of " + path + " cannot be made: " + error.message() + ".");
    if (!write_private(path, *text))
        return complain("The configuration file " + path + " cannot be written: " + std::strerror(errno) + ".");
    std::printf("Wrote config: %s\n", path.c_str());
    return 0;
}

int config_show(cli_request const& request, loaded_settings const& settings)
{
    std::error_code error;
    auto const is_present = fs::exists(settings.file.path, error);
    if (request.json) {
        show_as_json(settings, is_present);
        return 0;
    }
    std::printf("# configuration file: %s%s\n", settings.file.path.c_str(), is_present ? "" : " (not there)");
    std::size_t widest = 0;
    for (auto const& entry : settings.origins)
        widest = std::max(widest, entry.name.size() + entry.shown.size());
    for (auto const& entry : settings.origins) {
        auto const gap = std::min<std::size_t>(widest, 60) + 2;
        auto const used = entry.name.size() + entry.shown.size();
        std::printf("%s = %s%*s# %s\n", entry.name.c_str(), entry.shown.c_str(),
                    static_cast<int>(gap > used ? gap - used : 2), "", entry.origin.c_str());
    }
    return 0;
}

} // namespace ocx::cli
