/* SPDX-License-Identifier: MIT */
/* Prints the words of a file and how often each is there. */

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "words.h"

static int count_file(const char *path, struct table *table)
{
    const int fd = open(path, O_RDONLY);
    struct stat attributes;
    char *text;
    int result;

    if (fd < 0 || fstat(fd, &attributes) != 0) {
        return -1;
    }
    text = mmap(NULL, (size_t)attributes.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    if (text == MAP_FAILED) {
        return -1;
    }
    result = words_count(text, (size_t)attributes.st_size, table);
    munmap(text, (size_t)attributes.st_size);
    return result;
}

int main(int argc, char **argv)
{
    struct table table = {0};

    for (int i = 1; i < argc; i++) {
        if (count_file(argv[i], &table) != 0) {
            perror(argv[i]);
            return 1;
        }
    }
    table_sort(&table);
    for (size_t i = 0; i < table.n_entries; i++) {
        printf("%zu %s\n", table.entries[i].n_seen, table.entries[i].word);
    }
    table_deinit(&table);
    return 0;
}
