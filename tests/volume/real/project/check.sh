#!/bin/sh
# SPDX-License-Identifier: MIT
# The built program, on the sources it is made of.
set -eu
"$1" words.c words.h > build/words.txt
grep -q '^[0-9]* size$' build/words.txt
[ "$(sort -k 1,1nr -k 2 build/words.txt | head -n 1)" = "$(head -n 1 build/words.txt)" ]
! "$1" no-such-file 2> build/errors.txt
grep -q 'No such file' build/errors.txt
echo "$(wc -l < build/words.txt) words"
