#!/bin/sh
# SPDX-License-Identifier: MIT
# The README's Windows source compiles: test-readme.sh README INCLUDES
set -u

source=$(awk '/^```c$/ { block = ""; inside = 1; next }
              /^```$/ { if (inside && block ~ /windows\.h/) printf "%s", block; inside = 0 }
              inside { block = block $0 "\n" }' "$1")

echo "1..1"
if [ -z "$source" ]; then
    echo "not ok 1 - the README has a Windows source"
elif errors=$(echo "$source" | ${CC:-cc} -std=gnu17 -Wall -Wextra -Werror -fsyntax-only \
    -I "$2" -I "$2/win32" -I "$2/nt" -x c - 2>&1); then
    echo "ok 1 - the README's Windows source compiles"
else
    echo "not ok 1 - the README's Windows source compiles"
    echo "$errors" | sed 's/^/# /'
fi
