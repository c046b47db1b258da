#include "hardening.hpp"

#include "ocx/config/keys.hpp"
#include "ocx/redact/secret.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <type_traits>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/prctl.h>
#endif

namespace ocx::cli {

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool is_sanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
constexpr bool is_sanitized = true;
#else
constexpr bool is_sanitized = false;
#endif
#else
constexpr bool is_sanitized = false;
#endif

bool is_secret_flag(std::string_view flag)
{
    auto found = false;
    config::settings const scratch;
    config::for_each_key(scratch, [&](config::key_info const& key, auto const& value) {
        if constexpr (std::is_same_v<std::remove_cvref_t<decltype(value)>, secret<std::string>>)
            found = found || key.flag == flag;
    });
    return found;
}

} // namespace

void fill_standard_streams()
{
    for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; ++descriptor)
        if (::fcntl(descriptor, F_GETFD) == -1 && ::open("/dev/null", O_RDWR) == -1) // takes the lowest free number
            ::_exit(1);
}

void hide_secrets(int argc, char** argv)
{
    for (int i = 1; i < argc; ++i) {
        std::string_view const argument(argv[i]);
        auto const equals = argument.find('=');
        if (!is_secret_flag(argument.substr(0, equals)))
            continue;
        if (equals != std::string_view::npos)
            std::fill(argv[i] + equals + 1, argv[i] + argument.size(), '*');
        else if (i + 1 < argc)
            std::fill(argv[i + 1], argv[i + 1] + std::string_view(argv[i + 1]).size(), '*');
    }
}

void harden()
{
    rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
#if defined(__linux__)
    if (!is_sanitized)
        ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
    // The usual soft limit of 1024 would end before max_connections does.
    static constexpr rlim_t enough = 65536;
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < enough && files.rlim_cur < files.rlim_max) {
        files.rlim_cur = std::min(files.rlim_max, enough);
        ::setrlimit(RLIMIT_NOFILE, &files);
    }
}

} // namespace ocx::cli
