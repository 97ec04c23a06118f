/* SPDX-License-Identifier: MIT */
/*
 * A server with objects of its own, which Windows' rules protect
 *
 * The exit status tells which step did not do what it should.
 */

#include <windows.h>

#include <sddl.h>

#define DOOR_LOOK 0x1
#define DOOR_OPEN 0x2

static GENERIC_MAPPING door_mapping = {DOOR_LOOK | READ_CONTROL, DOOR_OPEN | READ_CONTROL,
                                       READ_CONTROL, DOOR_LOOK | DOOR_OPEN | READ_CONTROL};

/* Whether the caller may do this with the door. */
static BOOL may(PSECURITY_DESCRIPTOR door, HANDLE client, DWORD desired)
{
    PRIVILEGE_SET privileges;
    DWORD size = sizeof(privileges);
    DWORD granted = 0;
    BOOL allowed = FALSE;

    return AccessCheck(door, client, desired, &door_mapping, &privileges, &size, &granted,
                       &allowed) &&
           allowed;
}

/* Everybody may look at doors of this house, and nobody may open them. */
static PSECURITY_DESCRIPTOR make_door(HANDLE client)
{
    PSECURITY_DESCRIPTOR house = NULL;
    PSECURITY_DESCRIPTOR door = NULL;

    if (ConvertStringSecurityDescriptorToSecurityDescriptorA("O:SYG:SYD:(A;OI;0x1;;;WD)",
                                                             SDDL_REVISION_1, &house, NULL)) {
        if (!CreatePrivateObjectSecurity(house, NULL, &door, FALSE, client, &door_mapping)) {
            door = NULL;
        }
        LocalFree(house);
    }
    return door;
}

/* Who asks, for looking at only: here the process itself. */
static BOOL open_client(HANDLE *client)
{
    HANDLE process = NULL;
    BOOL opened = FALSE;

    if (OpenProcessToken(GetCurrentProcess(), TOKEN_DUPLICATE | TOKEN_QUERY, &process)) {
        opened = DuplicateToken(process, SecurityIdentification, client);
        CloseHandle(process);
    }
    return opened;
}

int main(void)
{
    PSECURITY_DESCRIPTOR door;
    HANDLE client = NULL;
    int result = 0;

    if (!open_client(&client)) {
        return 1;
    }
    door = make_door(client);
    if (!door) {
        result = 2;
    } else if (!may(door, client, DOOR_LOOK)) {
        result = 3;
    } else if (may(door, client, DOOR_OPEN) || GetLastError() != ERROR_ACCESS_DENIED) {
        result = 4;
    }
    if (door) {
        DestroyPrivateObjectSecurity(&door);
    }
    CloseHandle(client);
    return result;
}
