# Sourced by the other scripts: finds Python, system libraries and the locked packages, and
# installs what is missing. Nothing outside this folder is changed except, as root on Debian or
# Ubuntu, the system packages named below; elsewhere the exact command is printed.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '\033[2m== %s\033[0m\n' "$*" >&2; }
fail() { printf '%s\n' "$*" >&2; exit 1; }

# ---- Python ---------------------------------------------------------------------------------

# Prints "VERSION PATH" for each usable Python from 3.11 on, oldest first.
pythons() {
    local candidate found
    for candidate in python3.11 python3.12 python3.13 python3.14 python3 \
        "${HOME-}"/.pyenv/versions/3.1[1-4].*/bin/python; do
        found=$(command -v "$candidate" 2>/dev/null) || continue
        is_supported "$found" || true
    done | sort -V -u -k1,1
}

# Prints "VERSION PATH" of the Python at $1; fails where Sendoff does not run on it.
is_supported() {
    "$1" - 2>/dev/null <<'PYTHON'
import sys
if not (3, 11) <= sys.version_info < (3, 15):
    sys.exit(1)
import ensurepip, ssl, sqlite3, venv
print("%d.%d" % sys.version_info[:2], sys.executable)
PYTHON
}

version_of() { is_supported "$1" | cut -d' ' -f1; }
newest_python() { pythons | tail -n 1 | cut -d' ' -f2; }
oldest_python() { pythons | head -n 1 | cut -d' ' -f2; }

# ---- System libraries ------------------------------------------------------------------------

# soname:Debian package:Fedora package. Qt loads these; wheels do not bring them.
LIBRARIES="
libGL.so.1:libgl1:mesa-libGL libEGL.so.1:libegl1:mesa-libEGL libX11.so.6:libx11-6:libX11
libglib-2.0.so.0:libglib2.0-0:glib2 libdbus-1.so.3:libdbus-1-3:dbus-libs
libfontconfig.so.1:libfontconfig1:fontconfig libxkbcommon.so.0:libxkbcommon0:libxkbcommon
libX11-xcb.so.1:libx11-xcb1:libX11-xcb libxcb-cursor.so.0:libxcb-cursor0:xcb-util-cursor
libxcb-icccm.so.4:libxcb-icccm4:xcb-util-wm libxcb-keysyms.so.1:libxcb-keysyms1:xcb-util-keysyms
libxcb-shape.so.0:libxcb-shape0:libxcb libxcb-xkb.so.1:libxcb-xkb1:libxcb
libxkbcommon-x11.so.0:libxkbcommon-x11-0:libxkbcommon-x11
libnss3.so:libnss3:nss libasound.so.2:libasound2:alsa-lib
libXcomposite.so.1:libxcomposite1:libXcomposite libXdamage.so.1:libxdamage1:libXdamage
libXrandr.so.2:libxrandr2:libXrandr libXtst.so.6:libxtst6:libXtst
libxkbfile.so.1:libxkbfile1:libxkbfile libgbm.so.1:libgbm1:mesa-libgbm
"

missing_libraries() { # $1: field to print, 2 = Debian, 3 = Fedora
    local known entry
    known=$(ldconfig -p 2>/dev/null || /sbin/ldconfig -p)
    for entry in $LIBRARIES; do
        grep -qF "${entry%%:*} " <<<"$known" || cut -d: -f"$1" <<<"$entry"
    done | sort -u
}

# Debian 13 and Ubuntu 24.04 renamed some packages for 64-bit time.
debian_name() {
    if apt-cache show "${1}t64" >/dev/null 2>&1; then echo "${1}t64"; else echo "$1"; fi
}

install_system() { # $@: further Debian packages, as command:package
    [ "$(uname -s)" = Linux ] || return 0
    local packages=() name extra
    if command -v apt-get >/dev/null; then
        for extra in "$@"; do
            command -v "${extra%%:*}" >/dev/null || packages+=("${extra#*:}")
        done
        local libraries
        libraries=$(missing_libraries 2)
        [ -n "$libraries$(printf '%s' "${packages[@]-}")" ] || return 0
        if [ "$(id -u)" = 0 ]; then
            say "apt-get update"
            apt-get update -qq >/dev/null
        fi
        for name in $libraries; do packages+=("$(debian_name "$name")"); done
        local command="apt-get install -y --no-install-recommends ${packages[*]}"
        [ "$(id -u)" = 0 ] || fail "These system packages are missing; please run, then try again:
    sudo $command"
        say "$command"
        DEBIAN_FRONTEND=noninteractive $command -qq >/dev/null
    else
        name=$(missing_libraries 3 | tr '\n' ' ')
        [ -z "$name" ] || fail "These system libraries are missing; please run, then try again:
    sudo dnf install $name
(or your system's packages of the same libraries)"
    fi
}

require_python() {
    [ -n "$(pythons)" ] && return 0
    if command -v apt-get >/dev/null; then
        local command="apt-get install -y --no-install-recommends python3 python3-venv"
        if [ "$(id -u)" = 0 ]; then
            say "$command"
            apt-get update -qq >/dev/null
            DEBIAN_FRONTEND=noninteractive $command -qq >/dev/null
        else
            fail "Sendoff needs Python 3.11 or newer with venv; please run, then try again:
    sudo $command"
        fi
    fi
    [ -n "$(pythons)" ] || fail "Sendoff needs Python 3.11 to 3.14 with venv. Please install one."
}

# ---- The project's own packages --------------------------------------------------------------

# Makes or refreshes the virtual environment in folder $1 with the Python at $2. One that has the
# locked packages already is kept, whatever supported Python it was made with: somebody may be
# running it who found another one, as from another HOME. Commands that come at once take turns.
environment() {
    mkdir -p build
    (
        if command -v flock >/dev/null && ! flock --nonblock 8; then
            say "another command is preparing its environment; waiting for it"
            flock 8
        fi
        fits "$1" || make_environment "$1" "$2"
    ) 8>build/environments.lock
}

fits() { # $1: folder
    [ "$(cat "$1/locked" 2>/dev/null)" = "$(locked_here)" ] &&
        is_supported "$1/bin/python" >/dev/null
}

make_environment() { # $1: folder, $2: python
    say "installing the locked packages into $1 ($("$2" --version))"
    rm -rf "$1"
    "$2" -m venv "$1"
    "$1/bin/python" -m pip install --quiet --disable-pip-version-check \
        --require-hashes -r requirements.lock
    "$1/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps -e .
    locked_here >"$1/locked"
}

# What an environment of this folder must hold.
locked_here() { cat requirements.lock pyproject.toml <(echo "$PWD") | cksum; }
