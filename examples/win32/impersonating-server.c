/* SPDX-License-Identifier: MIT */
/*
 * A server thread that acts as who asks it, and no longer than it takes
 *
 * Impersonation is a thread's: the client's own thread notices nothing. The exit status tells which
 * step did not do what it should.
 */

#include <windows.h>

#include <pthread.h>

/* What a client asks for, and hands its identity over with. */
struct request {
    HANDLE identity; /* for TOKEN_QUERY and TOKEN_DUPLICATE */
    int result;
};

/* The level is read back: what may not be impersonated fully is impersonated at identification. */
static BOOL acts_fully(void)
{
    HANDLE token = NULL;
    SECURITY_IMPERSONATION_LEVEL level = SecurityAnonymous;
    DWORD size;
    BOOL told;

    if (!OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &token)) {
        return FALSE;
    }
    told = GetTokenInformation(token, TokenImpersonationLevel, &level, sizeof(level), &size);
    CloseHandle(token);
    return told && level >= SecurityImpersonation;
}

static void *serve(void *argument)
{
    struct request *request = argument;

    if (!ImpersonateLoggedOnUser(request->identity)) {
        request->result = 1;
        return NULL;
    }
    request->result = acts_fully() ? 0 : 2;
    if (!RevertToSelf()) {
        request->result = 3;
    }
    if (acts_fully()) {
        request->result = 4;
    }
    return NULL;
}

int main(void)
{
    struct request request = {NULL, 5};
    HANDLE token = NULL;
    pthread_t server;
    BOOL served;

    if (!OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY | TOKEN_DUPLICATE, &request.identity)) {
        return 6;
    }
    served = pthread_create(&server, NULL, serve, &request) == 0 && pthread_join(server, NULL) == 0;
    CloseHandle(request.identity);
    if (!served) {
        return 7;
    }
    if (OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &token) ||
        GetLastError() != ERROR_NO_TOKEN) {
        return 8;
    }
    return request.result;
}
