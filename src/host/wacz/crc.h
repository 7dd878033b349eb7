/*
 * crc: CRC-32 as zip has it (ISO 3309, polynomial 0xedb88320).
 */
#ifndef WACZ_CRC_H
#define WACZ_CRC_H

#include <stdint.h>

#include "base/str.h"

/* Goes on from `crc`, which is 0 in front of the first byte. */
uint32_t crc32_add(uint32_t crc, struct str bytes);

#endif
