#include "hardening.hpp"

#include <algorithm>

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

} // namespace

void fill_standard_streams()
{
    for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; ++descriptor)
        if (::fcntl(descriptor, F_GETFD) == -1 && ::open("/dev/null", O_RDWR) == -1) // takes the lowest free number
            ::_exit(1);
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
