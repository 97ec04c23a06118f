#!/bin/sh
# SPDX-License-Identifier: MIT
# Compiles Win32 sources with mingw-w64's headers in place of ours: test-peer.sh SOURCE...
set -u

peer()
{
    clang --target=x86_64-w64-mingw32 -D_WIN32_WINNT=0x0A00 -std=gnu17 -Wall -Wextra -Werror \
        -isystem /usr/x86_64-w64-mingw32/include/ddk -fsyntax-only "$@"
}

if ! echo '#include <windows.h>' | peer -x c - 2>/dev/null; then
    if [ -n "${TESSERA_REQUIRE_ALL-}" ]; then
        echo "1..1"
        echo "not ok 1 - clang and mingw-w64's headers are there"
        exit 0
    fi
    echo "1..0 # SKIP clang or mingw-w64's headers are missing"
    exit 0
fi

n=0
for source in "$@"; do
    for define in -UUNICODE -DUNICODE; do
        n=$((n + 1))
        if errors=$(peer "$define" "$source" 2>&1); then
            echo "ok $n - ${source##*/} $define"
        else
            echo "not ok $n - ${source##*/} $define"
            echo "$errors" | sed 's/^/# /'
        fi
    done
done
echo "1..$n"
