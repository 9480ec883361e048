#include "Sealed.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static sqlite3_vfs *real_vfs;
static sqlite3_vfs sealing_vfs;

/* Tells by the contents how the database is kept. */
static int examine(SealedFile *file, int *is_sealed, Key *key) {
    sqlite3_int64 size = 0;
    *is_sealed = 0;
    int code = file->real->pMethods->xFileSize(file->real, &size);
    if (code != SQLITE_OK) return code;
    if (size == 0) {
        *is_sealed = store_key_of_new_files(key);
        return SQLITE_OK;
    }
    if (size < PAGE) return SQLITE_OK;
    code = file->real->pMethods->xRead(file->real, file->page, PAGE, 0);
    if (code != SQLITE_OK) return code;
    if (memcmp(file->page, sealed_magic, MAGIC) != 0) return SQLITE_OK;
    *is_sealed = 1;
    return store_key_named(file->page + PAGE - KEY_NAME, key) ? SQLITE_OK : SQLITE_CANTOPEN;
}

/* The real file is closed again; what was made for the sealed one goes. */
static void abandon(SealedFile *file) {
    file->base.pMethods = NULL;
    EVP_CIPHER_CTX_free(file->sealing);
    EVP_CIPHER_CTX_free(file->opening);
    file->real->pMethods->xClose(file->real);
}

static int open_database(sqlite3_filename name, SealedFile *file, int flags, int *out) {
    int code = real_vfs->xOpen(real_vfs, name, file->real, flags, out);
    if (code != SQLITE_OK) return code;
    int is_sealed = 0;
    Key key;
    code = examine(file, &is_sealed, &key);
    if (code == SQLITE_OK && is_sealed) code = sealed_file_become(file, DATABASE, &key);
    OPENSSL_cleanse(&key, sizeof key);
    if (code == SQLITE_OK && is_sealed) return SQLITE_OK;
    abandon(file);
    return code == SQLITE_OK ? real_vfs->xOpen(real_vfs, name, &file->base, flags, out) : code;
}

static int open_beside(sqlite3_filename name, SealedFile *file, int flags, int *out, Role role, const Key *key) {
    int code = real_vfs->xOpen(real_vfs, name, file->real, flags, out);
    if (code != SQLITE_OK) return code;
    code = sealed_file_become(file, role, key);
    if (code == SQLITE_OK) return code;
    abandon(file);
    return code;
}

static int sealing_open(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *base, int flags, int *out) {
    (void)vfs;
    SealedFile *file = (SealedFile *)base;
    const int passing = SQLITE_OPEN_TEMP_DB | SQLITE_OPEN_TRANSIENT_DB | SQLITE_OPEN_TEMP_JOURNAL | SQLITE_OPEN_SUBJOURNAL;
    memset(file, 0, sizeof *file);
    file->real = (sqlite3_file *)(file + 1);
    memset(file->real, 0, (size_t)real_vfs->szOsFile);
    if (flags & SQLITE_OPEN_MAIN_DB) return open_database(name, file, flags, out);
    if (flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL)) {
        sqlite3_file *database = sqlite3_database_file_object(name);
        if (database && database->pMethods == &sealed_methods) {
            Role role = flags & SQLITE_OPEN_WAL ? LOG : JOURNAL;
            return open_beside(name, file, flags, out, role, &((SealedFile *)database)->key);
        }
    } else if (flags & passing) {
        if (store_has_keys()) return open_beside(name, file, flags, out, TEMPORARY, NULL);
    }
    return real_vfs->xOpen(real_vfs, name, base, flags, out);
}

static int registered = SQLITE_ERROR;

static void register_once(void) {
    if (sealed_page_begin() != SQLITE_OK) return;
    real_vfs = sqlite3_vfs_find(NULL);
    if (!real_vfs) return;
    sealing_vfs = *real_vfs;
    sealing_vfs.pNext = NULL;
    sealing_vfs.zName = "nudged-sealed";
    sealing_vfs.szOsFile = (int)sizeof(SealedFile) + real_vfs->szOsFile;
    sealing_vfs.xOpen = sealing_open;
    registered = sqlite3_vfs_register(&sealing_vfs, 1);
}

int cstore_cipher_register(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, register_once);
    return registered;
}

int cstore_cipher_reserve(void *connection) {
    int count = TRAILER;
    return sqlite3_file_control((sqlite3 *)connection, "main", SQLITE_FCNTL_RESERVE_BYTES, &count);
}

int cstore_cipher_key_name(void *connection, char name[9]) {
    sqlite3_file *file = NULL;
    int code = sqlite3_file_control((sqlite3 *)connection, "main", SQLITE_FCNTL_FILE_POINTER, &file);
    if (code != SQLITE_OK || !file || file->pMethods != &sealed_methods) return 0;
    if (((SealedFile *)file)->role != DATABASE) return 0;
    store_key_write_name(&((SealedFile *)file)->key, name);
    return 1;
}

int cstore_cipher_front(const char *path, uint8_t *to, int count) {
    sqlite3_vfs *vfs = real_vfs ? real_vfs : sqlite3_vfs_find(NULL);
    sqlite3_filename name = sqlite3_create_filename(path, "", "", 0, NULL);
    sqlite3_file *file = vfs ? calloc(1, (size_t)vfs->szOsFile) : NULL;
    int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_MAIN_DB, found = -1;
    if (name && file && vfs->xOpen(vfs, name, file, flags, &flags) == SQLITE_OK) {
        sqlite3_int64 size = 0;
        if (file->pMethods->xFileSize(file, &size) == SQLITE_OK) {
            int there = size < count ? (int)size : count;
            if (there == 0 || file->pMethods->xRead(file, to, there, 0) == SQLITE_OK) found = there;
        }
        file->pMethods->xClose(file);
    }
    sqlite3_free_filename((char *)name);
    free(file);
    return found;
}
