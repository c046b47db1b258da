# Helpers of tools/serve and tools/test: packages, configuring, building. Sourced, never run.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# Everything these scripts say goes to stderr: stdout belongs to the program that is started at the end.
say() { printf '%s\n' "$*" >&2; }
die() {
    say "error: $*"
    exit 1
}

# packages_in <group>...: the package names of these sections of tools/packages.txt.
packages_in() {
    local line section='' wanted=" $* "
    while IFS= read -r line; do
        case $line in
        '' | '#'*) ;;
        '['*']')
            section=${line#'['}
            section=${section%']'}
            ;;
        *) if [[ $wanted == *" $section "* ]]; then printf '%s\n' "$line"; fi ;;
        esac
    done <"$root/tools/packages.txt"
}

# is_debian_12: whether the package names of tools/packages.txt mean anything here.
is_debian_12() {
    [[ -r /etc/os-release ]] || return 1
    # shellcheck disable=SC1091
    (. /etc/os-release && [[ ${ID:-} == debian && ${VERSION_ID:-} == 12 ]]) && command -v dpkg-query >/dev/null
}

# missing_packages <package>...: those that dpkg does not know as installed.
missing_packages() {
    local installed package
    installed=$'\n'$(dpkg-query -W -f='${Package} ${db:Status-Status}\n' "$@" 2>/dev/null || true)$'\n'
    for package in "$@"; do
        if [[ $installed != *$'\n'"$package installed"$'\n'* ]]; then printf '%s\n' "$package"; fi
    done
}

# require_packages <group>...: installs what is missing, or says what to run and ends the script.
require_packages() {
    local -a wanted missing as_root=()
    mapfile -t wanted < <(packages_in "$@")
    if ! is_debian_12; then
        require_tools "${wanted[@]}"
        return
    fi
    mapfile -t missing < <(missing_packages "${wanted[@]}")
    if ((${#missing[@]} == 0)); then return; fi

    say "Missing Debian packages: ${missing[*]}"
    if ((EUID != 0)); then
        if ! command -v sudo >/dev/null; then
            say "Neither root nor sudo is at hand. Run this as root, then try again:"
            say "    apt-get update && apt-get install -y --no-install-recommends ${missing[*]}"
            exit 1
        fi
        as_root=(sudo)
    fi
    say "Installing them with apt-get."
    if ! { "${as_root[@]}" apt-get update -q &&
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y -q --no-install-recommends "${missing[@]}"; } >&2; then
        die "apt-get could not install: ${missing[*]}"
    fi
}

# require_tools <package>...: on other systems we cannot install anything, only say what is needed.
require_tools() {
    local tool
    for tool in cmake ninja g++; do
        if command -v "$tool" >/dev/null; then continue; fi
        say "This script installs packages on Debian 12 only, and '$tool' was not found."
        say "Needed here: GCC 12 or newer, CMake 3.25 or newer, Ninja, and the libraries of vcpkg.json"
        say "(Debian calls them: $*)."
        exit 1
    done
    say "Not Debian 12: using the compiler and libraries found here (vcpkg.json names the libraries)."
}

# build_jobs: compilers to run at once: the cores, but no more than memory allows (1.2 GB each). OCX_JOBS overrides.
build_jobs() {
    local jobs kb=0 limit
    if [[ -n ${OCX_JOBS:-} ]]; then
        printf '%s\n' "$OCX_JOBS"
        return
    fi
    jobs=$(nproc 2>/dev/null || echo 2)
    if [[ -r /proc/meminfo ]]; then
        kb=$(while read -r key value _; do if [[ $key == MemAvailable: ]]; then echo "$value"; fi; done </proc/meminfo)
    fi
    if [[ -r /sys/fs/cgroup/memory.max ]]; then
        limit=$(</sys/fs/cgroup/memory.max)
        if [[ $limit =~ ^[0-9]+$ ]] && ((limit / 1024 < kb)); then kb=$((limit / 1024)); fi
    fi
    if ((kb > 0 && kb / 1200000 < jobs)); then jobs=$((kb / 1200000)); fi
    if ((jobs < 1)); then jobs=1; fi
    printf '%s\n' "$jobs"
}

# configure <preset>: runs CMake when the build folder is new, older than the presets, or of a moved checkout.
# Everything else that can change (CMake files, added or removed sources) Ninja notices by itself.
configure() {
    local dir=$root/build/$1 stamp=$root/build/$1/.configured
    local -a fresh=()
    if [[ -f $stamp && -f $dir/build.ninja && ! $root/CMakePresets.json -nt $stamp && $(<"$stamp") == "$root" ]]; then
        return
    fi
    if [[ -f $dir/CMakeCache.txt ]]; then fresh=(--fresh); fi
    say "Configuring build/$1."
    (cd "$root" && cmake --preset "$1" "${fresh[@]}") >&2 || return
    printf '%s' "$root" >"$stamp"
}

# build <preset> <target>...: configures and builds; Ninja does nothing when nothing changed.
build() {
    local preset=$1 jobs
    shift
    configure "$preset" || return
    jobs=$(build_jobs)
    NINJA_STATUS='[%f/%t %es] ' cmake --build "$root/build/$preset" --parallel "$jobs" --target "$@"
}
