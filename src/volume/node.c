/* SPDX-License-Identifier: MIT */
/* Nodes: the inodes the kernel knows. */

#include "volume/volume.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fd.h"
#include "volume/node-fd.h"

void node_table_init(struct node_table *table)
{
    *table = (struct node_table){
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .root = {.fd = -1, .type = S_IFDIR, .n_lookups = 1},
        .mount_fd = -1,
    };
    table->root.table = table;
}

static void node_free(struct node *node)
{
    node->table->n_fds -= node->fd >= 0 ? 1 : 0;
    (void)fd_close(node->fd);
    free(node->handle);
    free(node);
}

static void node_free_all(struct node *node)
{
    struct node *next;

    for (; node; node = next) {
        next = node->next;
        node_free(node);
    }
}

void node_table_deinit(struct node_table *table)
{
    for (size_t i = 0; i < NODE_BUCKETS; i++) {
        node_free_all(table->buckets[i]);
    }
    node_free_all(table->nameless);
    table->root.fd = fd_close(table->root.fd);
    table->mount_fd = fd_close(table->mount_fd);
    pthread_mutex_destroy(&table->lock);
}

struct node *node_of(struct tsr_volume *volume, fuse_ino_t id)
{
    return id == FUSE_ROOT_ID ? &volume->nodes.root : (struct node *)id;
}

fuse_ino_t node_id(struct tsr_volume *volume, const struct node *node)
{
    return node == &volume->nodes.root ? FUSE_ROOT_ID : (fuse_ino_t)node;
}

struct fd_path fd_path(int fd)
{
    struct fd_path path;

    (void)snprintf(path.text, sizeof(path.text), "/proc/self/fd/%d", fd);
    return path;
}

tsr_status node_open_child(const struct node *parent, const char *name, int *ret_fd)
{
    struct open_how how = {
        .flags = O_PATH | O_NOFOLLOW | O_CLOEXEC,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS,
    };
    long fd;

    fd = syscall(SYS_openat2, node_fd(parent), name, &how, sizeof(how));
    if (fd < 0) {
        return tsr_status_of_errno(errno);
    }
    *ret_fd = (int)fd;
    return TSR_OK;
}

static struct node **bucket_of(struct node_table *table, dev_t device, ino_t inode)
{
    const uint64_t hash = ((uint64_t)inode ^ (uint64_t)device << 32) * UINT64_C(0x9e3779b97f4a7c15);

    return &table->buckets[hash >> 50];
}

/* The caller holds the lock. */
static struct node *node_find(struct node_table *table, dev_t device, ino_t inode)
{
    if (table->root.inode == inode && table->root.device == device) {
        return &table->root;
    }
    for (struct node *node = *bucket_of(table, device, inode); node; node = node->next) {
        if (node->inode == inode && node->device == device) {
            return node;
        }
    }
    return NULL;
}

/* The caller holds the lock. */
static struct node *node_add(struct node_table *table, int take_fd, const struct stat *attributes)
{
    struct node **bucket = bucket_of(table, attributes->st_dev, attributes->st_ino);
    struct node *node = calloc(1, sizeof(*node));

    if (!node) {
        (void)fd_close(take_fd);
        return NULL;
    }
    node->table = table;
    node->device = attributes->st_dev;
    node->inode = attributes->st_ino;
    node->type = attributes->st_mode & S_IFMT;
    node->fd = take_fd;
    if (table->n_fds >= table->n_fds_max) {
        /* A file system without handles goes on taking fds, until there are none. */
        node->handle = node_handle_of(take_fd);
        node->fd = node->handle ? fd_close(take_fd) : take_fd;
    }
    table->n_fds += node->fd >= 0 ? 1 : 0;
    node->generation = ++table->last_generation;
    node->is_hashed = true;
    node->next = *bucket;
    *bucket = node;
    return node;
}

/* Take a node off the list it is in. The caller holds the lock. */
static void node_unlink(struct node *node)
{
    struct node **link = node->is_hashed ? bucket_of(node->table, node->device, node->inode)
                                         : &node->table->nameless;

    while (*link != node) {
        link = &(*link)->next;
    }
    *link = node->next;
}

/* Find a node no more, until the kernel forgets it. The caller holds the lock. */
static void node_unhash(struct node *node)
{
    node_unlink(node);
    node->is_hashed = false;
    node->next = node->table->nameless;
    node->table->nameless = node;
}

/* The node of the object behind @fd. The caller holds the lock. */
static struct node *node_find_object(struct node_table *table, int fd,
                                     const struct stat *attributes)
{
    struct node *node = node_find(table, attributes->st_dev, attributes->st_ino);

    /* An inode number that nothing holds by an fd may have become another object's. */
    if (node && node->handle && !node_handle_names(node->handle, fd)) {
        node_unhash(node);
        return NULL;
    }
    return node;
}

tsr_status node_ref(struct tsr_volume *volume, const struct node *parent, int take_fd,
                    const struct stat *attributes, struct node **ret_node)
{
    struct node_table *table = &volume->nodes;
    struct node *node;

    pthread_mutex_lock(&table->lock);
    node = node_find_object(table, take_fd, attributes);
    if (node) {
        (void)fd_close(take_fd);
    } else {
        node = node_add(table, take_fd, attributes);
    }
    if (node) {
        node->n_lookups++;
        atomic_store(&node->parent_inode, parent->inode);
    }
    pthread_mutex_unlock(&table->lock);
    REQUIRE(node, STATUS_NO_MEMORY);

    *ret_node = node;
    return TSR_OK;
}

void node_forget(struct tsr_volume *volume, struct node *node, uint64_t n_lookups)
{
    struct node_table *table = &volume->nodes;

    if (node == &table->root) {
        return;
    }
    pthread_mutex_lock(&table->lock);
    node->n_lookups -= n_lookups < node->n_lookups ? n_lookups : node->n_lookups;
    if (node->n_lookups == 0) {
        node_unlink(node);
        node_free(node);
    }
    pthread_mutex_unlock(&table->lock);
}

tsr_status node_stat(const struct node *node, struct stat *ret_attributes)
{
    return status_of_result(
        fstatat(node_fd(node), "", ret_attributes, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW));
}

tsr_status node_clear_set_id(const struct node *node)
{
    struct stat attributes;

    TRY(node_stat(node, &attributes));
    if (!S_ISREG(attributes.st_mode) || !(attributes.st_mode & (S_ISUID | S_ISGID))) {
        return TSR_OK;
    }
    return status_of_result(
        fchmodat(AT_FDCWD, fd_path(node_fd(node)).text, attributes.st_mode & 01777, 0));
}

struct node *node_ref_parent(struct tsr_volume *volume, const struct node *node)
{
    struct node *parent;

    if (node == &volume->nodes.root) {
        return NULL;
    }
    /* The kernel may forget it any time: it may know the object by another name. */
    pthread_mutex_lock(&volume->nodes.lock);
    parent = node_find(&volume->nodes, node->device, atomic_load(&node->parent_inode));
    if (parent) {
        parent->n_lookups++;
    }
    pthread_mutex_unlock(&volume->nodes.lock);
    return parent;
}
