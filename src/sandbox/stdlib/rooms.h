/*
 * rooms: the tables of functions that every child has. To add a room: its
 * table here and in rooms.c.
 */
#ifndef STDLIB_ROOMS_H
#define STDLIB_ROOMS_H

#include "stdlib/call.h"

extern const struct stdlib_fn stdlib_blob[];
extern const struct stdlib_fn stdlib_codec[];
extern const struct stdlib_fn stdlib_db[];
extern const struct stdlib_fn stdlib_dns[];
extern const struct stdlib_fn stdlib_error[];
extern const struct stdlib_fn stdlib_geo_polygon[];
extern const struct stdlib_fn stdlib_json[];
extern const struct stdlib_fn stdlib_log[];
extern const struct stdlib_fn stdlib_number[];
extern const struct stdlib_fn stdlib_psl[];
extern const struct stdlib_fn stdlib_regex[];
extern const struct stdlib_fn stdlib_setup[];
extern const struct stdlib_fn stdlib_time[];
extern const struct stdlib_fn stdlib_url[];
extern const struct stdlib_fn stdlib_version[];
extern const struct stdlib_fn stdlib_wait[];

/* Ends with NULL. */
extern const struct stdlib_fn *const stdlib_rooms[];

#endif
