/* SPDX-License-Identifier: MIT */
/*
 * Open handles and whose they are.
 *
 * An id is generation << 32 | index + 1. Looking a handle up takes no lock: the kernel sends no
 * operation on a handle after its release, and a slot's memory stays where it is.
 */

#include "vfs/vfs.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/fd.h"

void handle_table_init(struct handle_table *table)
{
    *table = (struct handle_table){.lock = PTHREAD_MUTEX_INITIALIZER};
}

static struct handle_slot *slot_at(struct handle_table *table, uint32_t index)
{
    struct handle_slot *chunk;

    if (index >= HANDLE_CHUNK_SLOTS * HANDLE_CHUNKS_MAX) {
        return NULL;
    }
    chunk = atomic_load_explicit(&table->chunks[index / HANDLE_CHUNK_SLOTS], memory_order_acquire);
    return chunk ? chunk + index % HANDLE_CHUNK_SLOTS : NULL;
}

/* The slot that holds this id now; NULL if it is stale. */
static struct handle_slot *slot_of(struct handle_table *table, uint64_t id)
{
    struct handle_slot *slot = id == 0 ? NULL : slot_at(table, (uint32_t)id - 1);

    return slot && atomic_load_explicit(&slot->id, memory_order_acquire) == id ? slot : NULL;
}

/* Empty a slot. @return what it held, to be ended by the caller. */
static tsr_vfs_handle slot_clear(struct handle_slot *slot)
{
    const tsr_vfs_handle handle = slot->handle;

    atomic_store_explicit(&slot->id, 0, memory_order_release);
    slot->handle = (tsr_vfs_handle){.fd = -1};
    return handle;
}

static void handle_deinit(const tsr_vfs_handle *handle)
{
    (void)tsr_token_unref(handle->creator);
    (void)fd_close(handle->fd);
}

void handle_table_deinit(struct handle_table *table)
{
    for (uint32_t i = 0; i < table->n_slots; i++) {
        struct handle_slot *slot = slot_at(table, i);

        if (atomic_load(&slot->id) != 0) {
            const tsr_vfs_handle handle = slot_clear(slot);

            handle_deinit(&handle);
        }
    }
    for (uint32_t i = 0; i < HANDLE_CHUNKS_MAX; i++) {
        free(atomic_load(&table->chunks[i]));
    }
    pthread_mutex_destroy(&table->lock);
}

/* A free slot; the caller holds the lock. */
static tsr_status slot_take(struct handle_table *table, uint32_t *ret_index)
{
    struct handle_slot *chunk;

    if (table->first_free != 0) {
        *ret_index = table->first_free - 1;
        table->first_free = slot_at(table, *ret_index)->next_free;
        return TSR_OK;
    }
    REQUIRE(table->n_slots < HANDLE_CHUNK_SLOTS * HANDLE_CHUNKS_MAX, STATUS_TOO_MANY_OPENED_FILES);
    if (table->n_slots % HANDLE_CHUNK_SLOTS == 0) {
        chunk = array_new(HANDLE_CHUNK_SLOTS, sizeof(*chunk));
        REQUIRE(chunk, STATUS_NO_MEMORY);
        atomic_store_explicit(&table->chunks[table->n_slots / HANDLE_CHUNK_SLOTS], chunk,
                              memory_order_release);
    }
    *ret_index = table->n_slots++;
    return TSR_OK;
}

/* A slot whose generations are used up is never used again: its ids would be. */
static void slot_give_back(struct handle_table *table, struct handle_slot *slot, uint32_t number)
{
    if (slot->generation != UINT32_MAX) {
        slot->next_free = table->first_free;
        table->first_free = number;
    }
}

tsr_status tsr_vfs_handle_open(tsr_vfs *vfs, const tsr_caller *creator, uint32_t granted,
                               int take_fd, void *data, tsr_vfs_handle **ret_handle)
{
    CLEANUP(fd_close) int fd = take_fd;
    struct handle_table *table = &vfs->handles;
    struct handle_slot *slot;
    tsr_status status;
    uint32_t index;

    pthread_mutex_lock(&table->lock);
    status = slot_take(table, &index);
    if (tsr_failed(status)) {
        pthread_mutex_unlock(&table->lock);
        return status;
    }

    slot = slot_at(table, index);
    slot->generation++;
    slot->handle = (tsr_vfs_handle){
        .id = (uint64_t)slot->generation << 32 | (index + 1),
        .creator = tsr_token_ref(creator->token),
        .creator_process_id = creator->process_id,
        .creator_uid = creator->uid,
        .granted = granted,
        .fd = fd_steal(&fd),
        .data = data,
    };
    memcpy(slot->handle.creator_name, creator->name, sizeof(slot->handle.creator_name));
    atomic_store_explicit(&slot->id, slot->handle.id, memory_order_release);
    pthread_mutex_unlock(&table->lock);

    *ret_handle = &slot->handle;
    return TSR_OK;
}

tsr_vfs_handle *tsr_vfs_handle_find(tsr_vfs *vfs, uint64_t id)
{
    struct handle_slot *slot = slot_of(&vfs->handles, id);

    return slot ? &slot->handle : NULL;
}

void tsr_vfs_handle_close(tsr_vfs *vfs, uint64_t id)
{
    struct handle_table *table = &vfs->handles;
    tsr_vfs_handle handle = {.fd = -1};
    struct handle_slot *slot;

    pthread_mutex_lock(&table->lock);
    slot = slot_of(table, id);
    if (slot) {
        handle = slot_clear(slot);
        slot_give_back(table, slot, (uint32_t)id);
    }
    pthread_mutex_unlock(&table->lock);

    /* Closing may have to wait for the backing file system: not while others wait for us. */
    handle_deinit(&handle);
}

void tsr_vfs_handle_each(tsr_vfs *vfs, uint64_t *cursor,
                         bool (*visit)(const tsr_vfs_handle *handle, void *context), void *context)
{
    struct handle_table *table = &vfs->handles;
    struct handle_slot *slot;

    pthread_mutex_lock(&table->lock);
    for (; *cursor < table->n_slots; (*cursor)++) {
        slot = slot_at(table, (uint32_t)*cursor);
        if (atomic_load(&slot->id) != 0 && !visit(&slot->handle, context)) {
            break;
        }
    }
    pthread_mutex_unlock(&table->lock);
}
