#include "Sealed.h"

#include <stdlib.h>
#include <string.h>

/* The piece in which files without pages are encrypted. */
enum { PIECE = 65536 };

static const uint8_t journal_magic[8] = {0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7};

// MARK: reading

static int real_read(SealedFile *file, void *to, int count, sqlite3_int64 offset) {
    return file->real->pMethods->xRead(file->real, to, count, offset);
}

/* Any stretch of a database: SQLite reads pages, and pieces of the first one. */
static int read_database(SealedFile *file, uint8_t *to, int count, sqlite3_int64 offset) {
    if (count == PAGE && offset % PAGE == 0) {
        int code = real_read(file, to, PAGE, offset);
        if (code == SQLITE_IOERR_SHORT_READ) memset(to, 0, PAGE);
        return code == SQLITE_OK ? sealed_page_open(file, to, offset) : code;
    }
    while (count > 0) {
        int ahead = (int)(offset % PAGE), piece = PAGE - ahead < count ? PAGE - ahead : count;
        int code = read_database(file, file->page, PAGE, offset - ahead);
        if (code != SQLITE_OK) {
            memset(to, 0, (size_t)count);
            return code;
        }
        memcpy(to, file->page + ahead, (size_t)piece);
        to += piece, count -= piece, offset += piece;
    }
    return SQLITE_OK;
}

/* A page of the log, its header, or a frame with its page. */
static int read_log(SealedFile *file, uint8_t *to, int count, sqlite3_int64 offset) {
    int code = real_read(file, to, count, offset);
    if (code != SQLITE_OK) return code;
    if (count == PAGE) return sealed_page_open(file, to, offset);
    if (count != FRAME) return count < PAGE ? SQLITE_OK : SQLITE_IOERR_READ;
    memcpy(file->page, to + FRAME_HEADER, PAGE);
    /* A frame that was cut short stays as it is: SQLite finds by its checksum that the log ends before it. */
    if (sealed_page_open(file, file->page, offset + FRAME_HEADER) == SQLITE_OK) memcpy(to + FRAME_HEADER, file->page, PAGE);
    return SQLITE_OK;
}

static int sealed_read(sqlite3_file *base, void *to, int count, sqlite3_int64 offset) {
    SealedFile *file = (SealedFile *)base;
    int code;
    switch (file->role) {
    case DATABASE: return read_database(file, to, count, offset);
    case LOG: return read_log(file, to, count, offset);
    case JOURNAL:
        code = real_read(file, to, count, offset);
        return code == SQLITE_OK && count == PAGE ? sealed_page_open(file, to, offset) : code;
    case TEMPORARY:
        code = real_read(file, to, count, offset);
        if (code != SQLITE_OK && code != SQLITE_IOERR_SHORT_READ) return code;
        /* What lies beyond the end is zero, and stays so. */
        sqlite3_int64 size = 0;
        int failed = code == SQLITE_OK ? SQLITE_OK : file->real->pMethods->xFileSize(file->real, &size);
        if (failed != SQLITE_OK) return failed;
        int there = code == SQLITE_OK ? count : size <= offset ? 0 : (int)(size - offset);
        failed = sealed_bytes_cross(file, to, there, offset, to);
        return failed == SQLITE_OK ? code : failed;
    }
    return SQLITE_IOERR_READ;
}

// MARK: writing

static int real_write(SealedFile *file, const void *from, int count, sqlite3_int64 offset) {
    return file->real->pMethods->xWrite(file->real, from, count, offset);
}

static int write_temporary(SealedFile *file, const uint8_t *from, int count, sqlite3_int64 offset) {
    uint8_t *piece = malloc(PIECE);
    int code = piece ? SQLITE_OK : SQLITE_IOERR_NOMEM;
    while (count > 0 && code == SQLITE_OK) {
        int part = count < PIECE ? count : PIECE;
        code = sealed_bytes_cross(file, from, part, offset, piece);
        if (code == SQLITE_OK) code = real_write(file, piece, part, offset);
        from += part, count -= part, offset += part;
    }
    free(piece);
    return code;
}

static int sealed_write(sqlite3_file *base, const void *from, int count, sqlite3_int64 offset) {
    SealedFile *file = (SealedFile *)base;
    int is_page = count == PAGE;
    switch (file->role) {
    case DATABASE:
        if (!is_page || offset % PAGE != 0) return SQLITE_IOERR_WRITE;
        break;
    case LOG:
        if (!is_page) return count <= LOG_HEADER ? real_write(file, from, count, offset) : SQLITE_IOERR_WRITE;
        break;
    case JOURNAL:
        /* A header is as long as a page where the disk's sectors are. */
        if (is_page && memcmp(from, journal_magic, sizeof journal_magic) == 0) is_page = 0;
        if (!is_page) return count <= PAGE ? real_write(file, from, count, offset) : SQLITE_IOERR_WRITE;
        break;
    case TEMPORARY: return write_temporary(file, from, count, offset);
    }
    int code = sealed_page_seal(file, from, offset, file->page);
    return code == SQLITE_OK ? real_write(file, file->page, PAGE, offset) : code;
}

// MARK: the rest of a file, which is the real one's

#define REAL(base) (((SealedFile *)(base))->real)

static int sealed_close(sqlite3_file *base) {
    SealedFile *file = (SealedFile *)base;
    EVP_CIPHER_CTX_free(file->sealing);
    EVP_CIPHER_CTX_free(file->opening);
    OPENSSL_cleanse(&file->key, sizeof file->key);
    return file->real->pMethods ? file->real->pMethods->xClose(file->real) : SQLITE_OK;
}
static int sealed_truncate(sqlite3_file *f, sqlite3_int64 size) { return REAL(f)->pMethods->xTruncate(REAL(f), size); }
static int sealed_sync(sqlite3_file *f, int flags) { return REAL(f)->pMethods->xSync(REAL(f), flags); }
static int sealed_size(sqlite3_file *f, sqlite3_int64 *size) { return REAL(f)->pMethods->xFileSize(REAL(f), size); }
static int sealed_lock(sqlite3_file *f, int level) { return REAL(f)->pMethods->xLock(REAL(f), level); }
static int sealed_unlock(sqlite3_file *f, int level) { return REAL(f)->pMethods->xUnlock(REAL(f), level); }
static int sealed_reserved(sqlite3_file *f, int *out) { return REAL(f)->pMethods->xCheckReservedLock(REAL(f), out); }
static int sealed_control(sqlite3_file *f, int op, void *arg) { return REAL(f)->pMethods->xFileControl(REAL(f), op, arg); }
static int sealed_sector(sqlite3_file *f) { return REAL(f)->pMethods->xSectorSize(REAL(f)); }
static int sealed_traits(sqlite3_file *f) { return REAL(f)->pMethods->xDeviceCharacteristics(REAL(f)); }
static int sealed_shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **at) {
    return REAL(f)->pMethods->xShmMap(REAL(f), page, size, extend, at);
}
static int sealed_shm_lock(sqlite3_file *f, int offset, int n, int flags) {
    return REAL(f)->pMethods->xShmLock(REAL(f), offset, n, flags);
}
static void sealed_shm_barrier(sqlite3_file *f) { REAL(f)->pMethods->xShmBarrier(REAL(f)); }
static int sealed_shm_unmap(sqlite3_file *f, int deletes) { return REAL(f)->pMethods->xShmUnmap(REAL(f), deletes); }

/* Version 2: without the mapping of files into memory, which would show SQLite the sealed pages. */
const sqlite3_io_methods sealed_methods = {
    .iVersion = 2,
    .xClose = sealed_close,
    .xRead = sealed_read,
    .xWrite = sealed_write,
    .xTruncate = sealed_truncate,
    .xSync = sealed_sync,
    .xFileSize = sealed_size,
    .xLock = sealed_lock,
    .xUnlock = sealed_unlock,
    .xCheckReservedLock = sealed_reserved,
    .xFileControl = sealed_control,
    .xSectorSize = sealed_sector,
    .xDeviceCharacteristics = sealed_traits,
    .xShmMap = sealed_shm_map,
    .xShmLock = sealed_shm_lock,
    .xShmBarrier = sealed_shm_barrier,
    .xShmUnmap = sealed_shm_unmap,
};
