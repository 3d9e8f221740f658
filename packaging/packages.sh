# The packages that Quantscope is built from, and how they are installed. Read by run.sh, test.sh and
# .ci/run; Debian 12, Ubuntu 24.04 and newer releases of both.
#
# One entry a line. "a|b": the first that this release has. A trailing "?": only where the release has it.

packages_core='
g++
cmake
ninja-build
flatbuffers-compiler
libflatbuffers-dev
libeigen3-dev
nlohmann-json3-dev
libcli11-dev
libjpeg-dev
libpng-dev
libwebp-dev
libtiff-dev
zlib1g-dev
catch2
'

packages_window='
qt6-base-dev
qt6-svg-dev|libqt6svg6-dev
qt6-svg-plugins?
qt6-tools-dev
qt6-l10n-tools
libqcustomplot-dev
'

say() { printf '%s\n' "$*"; }

# The last line of a script that did not get through.
fail() {
  printf '%s\n' "Failed: $*" >&2
  exit 1
}

is_installed() {
  [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

has_candidate() {
  LC_ALL=C apt-cache policy "$1" 2>/dev/null | grep -q 'Candidate: [^(]'
}

# missing_packages ENTRY... : prints what has to be installed; returns 1 if an entry is unknown to apt.
missing_packages() {
  missing_result=0
  for entry in "$@"; do
    optional=no
    case $entry in *'?') optional=yes entry=${entry%?} ;; esac
    found= candidate=
    for name in $(printf '%s' "$entry" | tr '|' ' '); do
      if is_installed "$name"; then
        found=$name
        break
      fi
      if [ -z "$candidate" ] && has_candidate "$name"; then candidate=$name; fi
    done
    if [ -n "$found" ]; then continue; fi
    if [ -n "$candidate" ]; then
      printf '%s ' "$candidate"
    elif [ $optional = no ]; then
      printf '%s ' "${entry%%|*}"
      missing_result=1
    fi
  done
  return $missing_result
}

# As root directly; otherwise by sudo, which may ask for a password.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  else
    sudo "$@"
  fi
}

apt_install() {
  # Package lists older than the archive name files that are gone: fetch them again and try once more.
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" </dev/null && return
  say 'Installing failed; fetching the package lists again.'
  as_root apt-get update </dev/null || true
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" </dev/null
}

# install_packages ENTRY... : installs what is missing, after saying what.
install_packages() {
  if ! command -v apt-get >/dev/null 2>&1; then
    say 'This system has no apt-get. Needed are, by their Debian names:'
    say "  $*"
    say 'Going on with what is installed.'
    return
  fi
  if ! wanted=$(missing_packages "$@"); then
    if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null 2>&1; then
      fail "these packages are missing and only root can install them: $wanted"
    fi
    say "Fetching the package lists (apt-get update)."
    # One unreachable source of many is no reason to stop: what counts is that the packages are known after it.
    as_root apt-get update </dev/null || true
    wanted=$(missing_packages "$@") || fail "this release does not offer all of: $wanted"
  fi
  if [ -z "$wanted" ]; then
    say 'All needed packages are installed.'
    return
  fi
  say "Installing: $wanted"
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null 2>&1 || fail "only root can install them: apt-get install $wanted"
    say '(by sudo, which may ask for your password)'
  fi
  # shellcheck disable=SC2086 # a list of names
  apt_install $wanted || fail "apt-get could not install: $wanted"
}

# As many compilers at once as there are processors and 1.5 GB of memory for each.
build_jobs() {
  processors=$(nproc 2>/dev/null || echo 2)
  memory=$(awk '/^MemAvailable/ { print int($2 / 1500000) }' /proc/meminfo 2>/dev/null)
  if [ "${memory:-$processors}" -lt "$processors" ]; then processors=$memory; fi
  if [ "$processors" -lt 1 ]; then processors=1; fi
  echo "$processors"
}

# build_preset NAME [cmake options]: configures and builds build/NAME.
build_preset() {
  preset=$1
  shift
  if [ -e build ] && [ ! -w build ]; then
    fail "the folder build belongs to another user; remove it or run as that user"
  fi
  say "Building the preset $preset."
  cmake --preset "$preset" "$@" || fail "cmake could not configure the preset $preset (its message is above)"
  cmake --build --preset "$preset" --parallel "$(build_jobs)" || fail "the preset $preset does not compile (see above)"
}
