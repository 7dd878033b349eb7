/*
 * recall: what stands in for network, clock and chance in a run that is played
 * again (child->is_replaying): the host, which has the record (ipc/recall.h).
 */
#ifndef STDLIB_RECALL_H
#define STDLIB_RECALL_H

#include "child/child.h"
#include "gate/record.h"

/* For dialler_new_record(). */
struct record recall_record(struct child *child);

/* From here on, for as long as the process: values_source (stream/values.h). */
void recall_values(struct child *child);

#endif
