/*
 * wal: SQLite's write-ahead log, in one write a commit. For db.
 *
 * SQLite writes a header of 24 bytes and a page for each page that a
 * transaction has changed: a row that a module adds is eight pwrite(2). Here
 * they are held back until the frame that ends the transaction, and leave with
 * it. Nothing else changes: the bytes, their places and their order, locks, the
 * index and when the disk is waited for are SQLite's. docs/database.md, "The
 * log", says why that is safe.
 */
#ifndef WAL_WAL_H
#define WAL_WAL_H

/*
 * The VFS to open a database with, made at the first call: the one that SQLite
 * would take, but for the log. NULL: there is none; SQLite's own does as well.
 */
const char *wal_vfs(void);

#endif
