# Sourced by ./scripts/scan and ./scripts/test: makes virtual environments in the checkout.
# POSIX sh. Every way it can fail ends in one clear line and status 3 (nothing could be probed).

say() {
    printf '%s\n' "$*" >&2
}

die() {
    say "envprobe: $*"
    exit 3
}

# The newest Python of the given versions, of all on the PATH, that really runs and can make a
# virtual environment; printed as a path. pyenv's shims, for instance, exist and fail.
find_python() {
    found_without_venv=
    for name in ${ENVPROBE_PYTHON:-$(printf 'python%s ' "$@") python3 python}; do
        for python in $(all_on_path "$name"); do
            runs_as_one_of "$python" "$@" || continue
            if "$python" -I -c 'import ensurepip, venv' >/dev/null 2>&1; then
                printf '%s\n' "$python"
                return 0
            fi
            found_without_venv=${found_without_venv:-$python}
        done
    done
    return 1
}

all_on_path() {
    case $1 in
    */*) printf '%s\n' "$1" && return ;;
    esac
    printf '%s' "$PATH" | tr ':' '\n' | while IFS= read -r folder || [ -n "$folder" ]; do
        # A blank in a folder's name would be split by the caller; no Python is looked for there.
        case $folder in *[[:space:]]*) continue ;; esac
        if [ -x "$folder/$1" ] && [ ! -d "$folder/$1" ]; then printf '%s\n' "$folder/$1"; fi
    done
}

# TensorFlow has wheels for CPython with the GIL only.
runs_as_one_of() {
    interpreter=$1
    shift
    version=$("$interpreter" -I -c '
import sys, sysconfig
if sys.implementation.name == "cpython" and not sysconfig.get_config_var("Py_GIL_DISABLED"):
    print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || return 1
    for wanted in "$@"; do
        [ "$version" = "$wanted" ] && return 0
    done
    return 1
}

# Which of envprobe's extras brings the TensorFlow for this machine.
choose_extra() {
    case $(uname -s)-$(uname -m) in
    Linux-x86_64 | Linux-amd64)
        if has_nvidia_driver; then printf 'gpu\n'; else printf 'cpu\n'; fi
        ;;
    *) printf 'tensorflow\n' ;; # tensorflow-cpu and the CUDA wheels are not made for every system
    esac
}

has_nvidia_driver() {
    [ -e /proc/driver/nvidia/version ] && return 0
    [ -e /usr/lib/wsl/lib/libcuda.so.1 ] && return 0 # Windows' driver, lent to WSL
    PATH="$PATH:/sbin:/usr/sbin" ldconfig -p 2>/dev/null | grep -q 'libnvidia-ml\.so\.1' && return 0
    command -v nvidia-smi >/dev/null 2>&1 && nvidia-smi -L >/dev/null 2>&1
}

# prepare FOLDER NEEDED_MIB PYTHON_VERSIONS CONSTRAINTS_FILE PIP_ARGUMENTS...
# Leaves FOLDER (relative to the checkout) as a virtual environment with what pip was asked for.
# A finished one carries a stamp of everything it was made from; any other is made anew.
prepare() {
    venv=$1 needed_mib=$2 versions=$3 constraints=$4
    shift 4
    stamp=$(stamp_of "$@")
    is_ready && return 0
    [ -e "$venv" ] && [ ! -e "$venv/.made-by-envprobe" ] &&
        die "$(pwd)/$venv exists and was not made by this script: move it away, then run this again"
    # shellcheck disable=SC2086 # a list of versions
    python=$(find_python $versions) || no_python "$versions"
    check_space
    lock
    make_venv "$python" "$@"
    unlock
}

stamp_of() {
    printf '%s %s %s' "$(cat pyproject.toml "$constraints" | cksum)" "$(pwd)" "$*"
}

is_ready() {
    [ -r "$venv/.stamp" ] && [ "$(cat "$venv/.stamp")" = "$stamp" ] &&
        "$venv/bin/python" -I -c '' >/dev/null 2>&1 && is_made_with_named_python
}

# Any Python of the right version will do, unless the caller names one.
is_made_with_named_python() {
    [ -z "${ENVPROBE_PYTHON:-}" ] && return 0
    # shellcheck disable=SC2086 # a list of versions
    [ "$(cat "$venv/.made-by-envprobe")" = "$(find_python $versions)" ]
}

no_python() {
    find_python_again=$(newest_without_venv "$1")
    if [ -n "$find_python_again" ]; then
        version=$("$find_python_again" -I -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        die "$find_python_again has no venv module (ensurepip): install it" \
            "(Debian, Ubuntu: apt install python$version-venv), then run this again"
    fi
    seen=$(${ENVPROBE_PYTHON:-python3} -V 2>/dev/null) || seen="no ${ENVPROBE_PYTHON:-python3} that runs"
    die "needs Python $(printf '%s' "$1" | sed 's/ /, /g; s/, \([^,]*\)$/ or \1/') on the PATH," \
        "found ${seen:-none}: install one, or name it with ENVPROBE_PYTHON=/path/to/python"
}

newest_without_venv() {
    # shellcheck disable=SC2086 # a list of versions
    find_python $1 >/dev/null || printf '%s\n' "$found_without_venv"
}

check_space() {
    free=$(free_mib)
    [ "${free:-$needed_mib}" -ge "$needed_mib" ] ||
        die "no disk space: $(pwd) has $free MiB free, $venv needs about $needed_mib MiB"
}

free_mib() {
    df -Pk . | awk 'NR == 2 { print int($4 / 1024) }'
}

# The log lies on the same disk, so that a full one may have kept no word of it.
is_disk_full() {
    free=$(free_mib)
    [ "${free:-9999}" -lt 5 ] || grep -Eqi 'no space left on device|quota exceeded|errno 28\]' "$log"
}

lock() {
    if ! mkdir "$venv.lock" 2>/dev/null; then
        [ -d "$venv.lock" ] || die "cannot write into $(pwd): $(mkdir "$venv.lock" 2>&1 | tail -n 1)"
        other=$(cat "$venv.lock/pid" 2>/dev/null) || other=
        if [ -n "$other" ] && kill -0 "$other" 2>/dev/null; then
            die "process $other is setting up $(pwd)/$venv: wait for it, then run this again"
        fi
    fi
    trap unlock EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
    printf '%s\n' "$$" >"$venv.lock/pid" 2>/dev/null || die "no disk space: cannot write into $(pwd)"
}

unlock() {
    rm -rf "$venv.lock"
    trap - EXIT INT TERM HUP
}

make_venv() {
    python=$1
    shift
    log=$venv/install.log
    say "Setting up $(pwd)/$venv with $("$python" -I -V 2>&1) (once; minutes; pip's words: $log)"
    rm -rf "$venv"
    { mkdir "$venv" && printf '%s\n' "$python" >"$venv/.made-by-envprobe" && : >"$log"; } 2>/dev/null ||
        die "cannot write into $(pwd)/$venv: is the disk full or read-only?"
    "$python" -I -m venv "$venv" >>"$log" 2>&1 || setup_failed "the virtual environment"
    # pip must install here whatever the user's environment prefers; wheels are built with pinned tools.
    env -u PIP_TARGET -u PIP_PREFIX -u PIP_REQUIRE_VIRTUALENV PIP_USER=0 \
        PIP_CONSTRAINT="$constraints" PIP_BUILD_CONSTRAINT="$constraints" \
        "$venv/bin/python" -I -m pip install --no-input --disable-pip-version-check \
        --retries 2 --progress-bar off "$@" >>"$log" 2>&1 || setup_failed "the packages"
    printf '%s' "$stamp" >"$venv/.stamp" || die "no disk space: cannot write $venv/.stamp"
}

# One line for a failed installation: the known causes by name, otherwise pip's last error.
setup_failed() {
    if is_disk_full; then
        die "no disk space: installing $1 into $(pwd)/$venv filled the disk (details: $log)"
    elif grep -Eqi "$NETWORK_FAULTS" "$log"; then
        die "no network: pip cannot reach its package index (details: $log)"
    elif grep -q 'from versions: none' "$log" && ! grep -q 'Downloading\|Using cached' "$log"; then
        die "no network: pip finds no packages at all; it said:" \
            "$(grep '^ERROR' "$log" | tail -n 1) (details: $log)"
    fi
    last=$(grep -Ei '^ *(error|fatal)' "$log" | tail -n 1)
    die "installing $1 failed: ${last:-$(grep . "$log" | tail -n 1)} (details: $log)"
}
NETWORK_FAULTS='NewConnectionError|NameResolutionError|name resolution|Name or service not known'
NETWORK_FAULTS="$NETWORK_FAULTS|ConnectTimeout|Connection refused|Network is unreachable|ProxyError"
NETWORK_FAULTS="$NETWORK_FAULTS|Max retries exceeded|ReadTimeout|No route to host"
